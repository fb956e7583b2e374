/// A device's memory.
///
/// It goes back to the device when its last owner lets go.
open class Storage {
  /// Bytes a kernel may read, never write, past the end: a vector load of the last channels.
  public static let slack = 256

  public let device: any Device
  public let byteCount: Int
  /// Where it comes from, if it is taken and given back: the device's memory or a plan's.
  public let source: (any BufferSource)?

  public init(device: any Device, byteCount: Int, from source: (any BufferSource)? = nil) {
    self.device = device
    self.byteCount = byteCount
    self.source = source
  }
}

/// Memory let go, kept for the next that it is large enough for: a planned step allocates nothing
/// after the first round, and subnets of many sizes share what the largest needs.
public struct BufferPool {
  /// By capacity, in ascending order.
  private var free: [(buffer: UnsafeMutableRawPointer, capacity: Int)] = []
  public private(set) var keptBytes = 0

  public init() {}

  /// Sizes are rounded up so that nearly equal requests share.
  public static func capacity(for byteCount: Int) -> Int {
    let needed = byteCount + Storage.slack
    let step = max(4096, 1 << max(0, Int.bitWidth - needed.leadingZeroBitCount - 4))
    return needed.dividedRoundingUp(by: step) * step
  }

  /// The first of at least `capacity` bytes; how many there are if none is as large.
  private func position(of capacity: Int) -> Int {
    var (first, last) = (0, free.count)
    while first < last {
      let middle = (first + last) / 2
      if free[middle].capacity < capacity { first = middle + 1 } else { last = middle }
    }
    return first
  }

  /// The smallest kept buffer of at least `capacity` bytes, with its size, unless more than three
  /// quarters of it would lie idle. (With a half, a second step needed a buffer more than the first,
  /// and a sandwich step 610 MiB instead of 598.)
  public mutating func take(
    capacity: Int
  ) -> (buffer: UnsafeMutableRawPointer, capacity: Int)? {
    let position = position(of: capacity)
    guard position < free.count, free[position].capacity <= 4 * capacity else { return nil }
    let taken = free.remove(at: position)
    keptBytes -= taken.capacity
    return taken
  }

  public mutating func put(_ buffer: UnsafeMutableRawPointer, capacity: Int) {
    free.insert((buffer, capacity), at: position(of: capacity))
    keptBytes += capacity
  }

  /// Everything kept, forgotten here: for its owner to release.
  public mutating func drain() -> [UnsafeMutableRawPointer] {
    defer { (free, keptBytes) = ([], 0) }
    return free.map(\.buffer)
  }
}
