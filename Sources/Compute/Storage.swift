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

/// A piece of a device's memory.
public struct Block {
  public let buffer: UnsafeMutableRawPointer
  public let capacity: Int
  /// Which request of its round it was made for, counted from 1.
  fileprivate(set) var birth: Int
}

/// Memory let go, kept for the next that it is large enough for: a planned step allocates nothing
/// after the first round, and subnets of many sizes share what the largest needs.
///
/// A round that makes the requests of an earlier one is given the same blocks: those that were made
/// for later requests wait for these.
public struct BufferPool {
  /// By capacity, in ascending order.
  private var free: [Block] = []
  private var requests = 0
  public private(set) var keptBytes = 0

  public init() {}

  /// Sizes are rounded up so that nearly equal requests share.
  public static func capacity(for byteCount: Int) -> Int {
    let needed = byteCount + Storage.slack
    let step = max(4096, 1 << max(0, Int.bitWidth - needed.leadingZeroBitCount - 4))
    return needed.dividedRoundingUp(by: step) * step
  }

  /// Requests are counted anew.
  public mutating func beginRound() { requests = 0 }

  /// The first of at least `capacity` bytes; how many there are if none is as large.
  private func position(of capacity: Int) -> Int {
    var (first, last) = (0, free.count)
    while first < last {
      let middle = (first + last) / 2
      if free[middle].capacity < capacity { first = middle + 1 } else { last = middle }
    }
    return first
  }

  /// The smallest kept block of at least `capacity` bytes, unless more than three quarters of it
  /// would lie idle; `newBlock` is what follows where there is none.
  ///
  /// One that was made for a later request is taken only if no other fits, and is then this one's.
  public mutating func take(capacity: Int) -> Block? {
    requests += 1
    let fitting = free[position(of: capacity)...].prefix { $0.capacity <= 4 * capacity }
    guard let found = fitting.firstIndex(where: { $0.birth <= requests }) ?? fitting.indices.first
    else { return nil }
    var taken = free.remove(at: found)
    taken.birth = min(taken.birth, requests)
    keptBytes -= taken.capacity
    return taken
  }

  /// What was made for the request just told.
  public func newBlock(_ buffer: UnsafeMutableRawPointer, capacity: Int) -> Block {
    Block(buffer: buffer, capacity: capacity, birth: requests)
  }

  public mutating func put(_ block: Block) {
    free.insert(block, at: position(of: block.capacity))
    keptBytes += block.capacity
  }

  /// Everything kept, forgotten here: for its owner to release.
  public mutating func drain() -> [UnsafeMutableRawPointer] {
    defer { (free, keptBytes) = ([], 0) }
    return free.map(\.buffer)
  }
}
