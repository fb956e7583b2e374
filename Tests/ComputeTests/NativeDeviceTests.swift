import Compute
import ComputeOpenCL
import Operators
import Testing

@Suite struct NativeDeviceTests {
  /// Threads find their scratch by their number, also where there are more of them than items.
  @Test(arguments: 1...4) func everyThreadHasScratch(threads: Int) throws {
    let device = try NativeDevice(threads: threads)
    for items in 2...6 { #expect(device.scratchSlots(items: items) == threads) }
    #expect(device.scratchSlots(items: 1) == 1)
  }

  /// `cpu:avx2`: a device of its own, whose identifier names it again.
  @Test(arguments: NativeDevice.instructionSets) func instructionSetsHaveNames(_ set: String) throws
  {
    let device = try DeviceSelector.open("cpu:\(set)", threads: 1, isTuned: false).device
    #expect(device.description.name.contains("(native \(set), 1 thread)"))
    let again = try DeviceSelector.open(device.description.identifier, threads: 1).device
    #expect(again.description == device.description)
    let (own, plain) = try (
      DeviceSelector.find("cpu:\(set)").device.fingerprint,
      DeviceSelector.find("cpu").device.fingerprint
    )
    #expect(own != plain, "tuned alike")
  }

  @Test(arguments: ["", "none"]) func otherInstructionSetsAreRefused(_ name: String) throws {
    let error = #expect(throws: DeviceError.self) { try DeviceSelector.find("cpu:\(name)") }
    let all = NativeDevice.instructionSets.joined(separator: ", ")
    #expect(
      error?.description == "device \"cpu:\(name)\": choose one that this processor has: \(all)")
  }

  /// Numbers that a processor takes a hundred cycles over are zero in kernels, whichever thread runs
  /// them, and what they are everywhere else.
  @Test(arguments: NativeDevice.instructionSets, [1, 3])
  func kernelsFlushTinyNumbers(on instructionSet: String, threads: Int) throws {
    let device = try NativeDevice(threads: threads, instructionSet: instructionSet)
    let tiny = Float.leastNormalMagnitude / 16
    let count = 1 << 16
    let numbers = Variable(
      try device.tensor([Float](repeating: tiny, count: count), [count / 16, 16]))
    for _ in 0..<20 {
      let sum = try Add().forward([numbers, numbers]).stored
      #expect(try device.read(sum).allSatisfy { $0 == 0 })
    }
    #expect(tiny * Float(count) > 0)
  }

  /// Of thousands of launches, one upon the other, each item runs once, and not before the launch
  /// before has ended: also where threads are more than processors and come late.
  @Test(arguments: [1, 2, 3, 7]) func everyItemRunsOnce(threads: Int) throws {
    let device = try NativeDevice(threads: threads)
    // Items are of 8192 elements: fewer than threads, and more.
    for items in [2, 5, 64] {
      let count = 8192 * items - 1
      let ones = try device.tensor([Float](repeating: 1, count: count), [count])
      let sums = try device.empty([count])
      try device.fill(sums, with: 0)
      let launches = 60_000 / items
      for _ in 0..<launches { try device.copy(ones, to: sums, accumulate: true) }
      #expect(try device.read(sums).allSatisfy { $0 == Float(launches) })
    }
  }
}
