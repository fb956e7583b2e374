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
  private let imitated: (any Device)?
  /// Work that settings were asked for, each once.
  public private(set) var asked: [WorkBucket] = []
  /// Items and whole numbers of each launch: the same only if work is cut the same way.
  public private(set) var launched: [[Int]] = []
  private var isDoneOnce = false

  public init() {
    description = DeviceDescription(
      identifier: "counting", name: "counting device", kind: .other, driver: "none",
      computeUnits: 1, memoryBytes: .max)
    tile = Tile(lanes: 16, rows: 8, columns: 3, elementsPerItem: 8192)
    imitated = nil
  }

  /// Stands in for a device: operators cut their work as they would for it.
  public init(imitating device: any Device, tuning: Tuning = Tuning()) {
    description = device.description
    tile = device.tile
    self.tuning = tuning
    imitated = device
  }

  public func settings(for work: WorkBucket) -> [String: Int] {
    if imitated != nil, !asked.contains(work) { asked.append(work) }
    return tuning.choices[work]?.settings ?? [:]
  }

  public var kernelShape: KernelShape { imitated?.kernelShape ?? .tile }

  public func scratchSlots(items: Int) -> Int { imitated?.scratchSlots(items: items) ?? items }

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

  public func launch(_ kernel: Kernel, items: Int, _ arguments: [KernelArgument]...) {
    guard imitated != nil, !isDoneOnce else { return }
    let numbers = arguments.joined().compactMap { argument -> Int? in
      if case .int(let value) = argument { value } else { nil }
    }
    launched.append([items] + numbers)
  }

  /// What is done once is no part of what is done again and again.
  public func once<Result>(_ work: () throws -> Result) rethrows -> Result {
    isDoneOnce = true
    defer { isDoneOnce = false }
    return try work()
  }

  public func synchronize() {}
}

private final class CountedStorage: Storage {
  deinit { (device as? CountingDevice)?.release(byteCount) }
}
