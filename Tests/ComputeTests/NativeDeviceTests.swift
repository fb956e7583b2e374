import Compute
import Testing

@Suite struct NativeDeviceTests {
  /// Threads find their scratch by their number, also where there are more of them than items.
  @Test(arguments: 1...4) func everyThreadHasScratch(threads: Int) throws {
    let device = try NativeDevice(threads: threads)
    for items in 2...6 { #expect(device.scratchSlots(items: items) == threads) }
    #expect(device.scratchSlots(items: 1) == 1)
  }
}
