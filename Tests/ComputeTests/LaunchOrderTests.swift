import Compute
import Operators
import Testing

/// Launches may wait, but what anyone sees is as if each had run at once.
@Suite struct LaunchOrderTests {
  /// What the host writes comes after all that was launched before, and before all that follows.
  @Test(arguments: [1, 3]) func writesKeepTheirPlace(threads: Int) throws {
    let device = try NativeDevice(threads: threads)
    let (x, y, z) = (try device.empty([5]), try device.empty([5]), try device.empty([5]))
    try device.fill(x, with: 1)
    try device.copy(x, to: y)
    try device.write([2, 2, 2, 2, 2], to: x)
    try device.copy(x, to: z)
    try device.fill(x, with: 3)
    #expect(try device.read(y) == [1, 1, 1, 1, 1])
    #expect(try device.read(z) == [2, 2, 2, 2, 2])
    #expect(try device.read(x) == [3, 3, 3, 3, 3])
  }

  /// More than may wait, through memory that is let go and taken again meanwhile.
  @Test func memoryIsUsedAgainInOrder() throws {
    let device = try NativeDevice(threads: 2)
    let sum = try device.empty([1000])
    try device.fill(sum, with: 0)
    for number in 1...3000 {
      let one = try device.empty([1000])
      try device.fill(one, with: number % 2 == 0 ? 1 : 2)
      try device.copy(one, to: sum, accumulate: true)
    }
    #expect(device.systemAllocations == 2)
    #expect(try device.read(sum) == [Float](repeating: 4500, count: 1000))
  }

  /// Memory goes back to the system only when nothing that waits reads it.
  @Test func memoryIsReleasedAfterItsReaders() throws {
    let device = try NativeDevice(threads: 1, memoryLimit: 48 << 20)
    let sum = try device.empty([1 << 20])
    try device.fill(sum, with: 0)
    for size in 1...6 {
      let part = try device.empty([size << 20])
      try device.fill(part, with: 1)
      try device.copy(
        part.slice(from: [0], sizes: [1 << 20]), to: sum, accumulate: true)
    }
    #expect(device.heldBytes <= 48 << 20)
    #expect(try device.read(sum).allSatisfy { $0 == 6 })
  }

  /// A plan reads what was launched before its run.
  @Test func plansComeAfterWhatWaits() throws {
    let device = try NativeDevice(threads: 1)
    let x = try device.empty([7])
    try device.fill(x, with: 1)
    let plan = try device.plan {
      let y = try device.empty([7])
      try device.copy(x, to: y)
      return y
    }
    try device.fill(x, with: 2)
    #expect(try device.read(try plan.run()) == [Float](repeating: 2, count: 7))
  }

  @Test func devicesEndWithLaunchesWaiting() throws {
    for threads in 1...2 {
      let device = try NativeDevice(threads: threads)
      try device.fill(try device.empty([100]), with: 1)
    }
  }
}
