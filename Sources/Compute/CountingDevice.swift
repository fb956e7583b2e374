/// Computes nothing and counts the most bytes alive at once.
///
/// Running a network on it tells what the network needs, on a machine that need not have it.
public final class CountingDevice: Device {
  public let description = DeviceDescription(
    identifier: "counting", name: "counting device", kind: .other, driver: "none",
    computeUnits: 1, memoryBytes: .max)
  public let tile = Tile(lanes: 16, rows: 8, columns: 3, elementsPerItem: 8192)

  public private(set) var liveBytes = 0
  public private(set) var peakBytes = 0

  public init() {}

  public func allocate(byteCount: Int) -> Storage {
    liveBytes += byteCount
    peakBytes = max(peakBytes, liveBytes)
    return CountedStorage(device: self, byteCount: byteCount)
  }

  fileprivate func release(_ byteCount: Int) { liveBytes -= byteCount }

  public func write(_ bytes: UnsafeRawBufferPointer, to storage: Storage, at byteOffset: Int) {}

  public func read(
    _ storage: Storage, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer
  ) {
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  public func launch(_ kernel: Kernel, items: Int, _ arguments: [Argument]) {}

  public func synchronize() {}
}

private final class CountedStorage: Storage {
  deinit { (device as? CountingDevice)?.release(byteCount) }
}
