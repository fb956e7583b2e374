/// A device's memory.
///
/// It goes back to the device when its last owner lets go.
open class Storage {
  /// Bytes a kernel may read, never write, past the end: a vector load of the last channels.
  public static let slack = 256

  public let device: any Device
  public let byteCount: Int

  public init(device: any Device, byteCount: Int) {
    self.device = device
    self.byteCount = byteCount
  }
}

/// Memory let go, kept by size for the next that it is large enough for: a planned step allocates
/// nothing after the first rounds, and subnets of many sizes share what the largest needs.
public struct BufferPool<Buffer> {
  private var free: [Int: [Buffer]] = [:]
  public private(set) var keptBytes = 0

  public init() {}

  /// Sizes are rounded up so that nearly equal requests share.
  public static func capacity(for byteCount: Int) -> Int {
    let needed = byteCount + Storage.slack
    let step = max(4096, 1 << max(0, Int.bitWidth - needed.leadingZeroBitCount - 4))
    return needed.dividedRoundingUp(by: step) * step
  }

  /// The smallest kept buffer of at least `capacity` bytes, with its size, unless more than half of
  /// it would lie idle.
  public mutating func take(capacity: Int) -> (buffer: Buffer, capacity: Int)? {
    let size =
      free[capacity] != nil
      ? capacity : free.keys.lazy.filter { capacity < $0 && $0 <= 2 * capacity }.min()
    guard let size, let buffer = free[size]?.popLast() else { return nil }
    if free[size]?.isEmpty == true { free[size] = nil }
    keptBytes -= size
    return (buffer, size)
  }

  public mutating func put(_ buffer: Buffer, capacity: Int) {
    free[capacity, default: []].append(buffer)
    keptBytes += capacity
  }

  /// Everything kept, forgotten here: for its owner to release.
  public mutating func drain() -> [Buffer] {
    defer { (free, keptBytes) = ([:], 0) }
    return free.values.flatMap { $0 }
  }
}
