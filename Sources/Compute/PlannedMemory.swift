/// Where a device's memory comes from, and goes back to.
public protocol BufferSource: AnyObject {
  /// At least so many bytes and the slack behind them.
  func take(byteCount: Int) throws -> Block
  func recycle(_ block: Block)
}

/// Memory of a plan and of nobody else: its tensors follow each other in it at every run as they
/// did at the first.
public final class PlannedMemory: BufferSource {
  private let source: any BufferSource
  private var free = BufferPool()
  private var all: [Block] = []

  public init(from source: any BufferSource) { self.source = source }

  deinit { for block in all { source.recycle(block) } }

  public func take(byteCount: Int) throws -> Block {
    if let kept = free.take(capacity: BufferPool.capacity(for: byteCount)) { return kept }
    let taken = try source.take(byteCount: byteCount)
    all.append(taken)
    // Its source counts other requests.
    return free.newBlock(taken.buffer, capacity: taken.capacity)
  }

  public func recycle(_ block: Block) { free.put(block) }
}
