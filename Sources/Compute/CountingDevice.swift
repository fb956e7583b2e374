/// Computes nothing and counts the most bytes alive at once.
///
/// Running a network on it tells what the network needs, on a machine that need not have it; as the
/// stand-in of another device, also which tuned settings its operators ask for, and how they launch.
public final class CountingDevice: Device {
  public let description: DeviceDescription
  public let tile: Tile
  public var tuning = Tuning()

  public private(set) var liveBytes = 0
  public private(set) var peakBytes = 0
  private let isNoting: Bool
  /// Work that settings were asked for, each once.
  public private(set) var asked: [WorkBucket] = []
  /// Items and whole numbers of each launch, in a row: the same only if work is cut the same way.
  public private(set) var launched: [Int] = []

  public init() {
    description = DeviceDescription(
      identifier: "counting", name: "counting device", kind: .other, driver: "none",
      computeUnits: 1, memoryBytes: .max)
    tile = Tile(lanes: 16, rows: 8, columns: 3, elementsPerItem: 8192)
    isNoting = false
  }

  /// Stands in for a device: operators cut their work as they would for it.
  public init(imitating device: any Device, tuning: Tuning = Tuning()) {
    description = device.description
    tile = device.tile
    self.tuning = tuning
    isNoting = true
  }

  public func settings(for work: WorkBucket) -> [String: Int] {
    if isNoting, !asked.contains(work) { asked.append(work) }
    return tuning.choices[work]?.settings ?? [:]
  }

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

  public func launch(_ kernel: Kernel, items: Int, _ arguments: [Argument]) {
    guard isNoting else { return }
    launched.append(items)
    for case .int(let value) in arguments { launched.append(value) }
  }

  public func synchronize() {}
}

private final class CountedStorage: Storage {
  deinit { (device as? CountingDevice)?.release(byteCount) }
}
