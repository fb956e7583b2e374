/// Where a device's memory comes from, and goes back to.
public protocol BufferSource: AnyObject {
  /// At least so many bytes and the slack behind them, and how many there are.
  func take(byteCount: Int) throws -> (buffer: UnsafeMutableRawPointer, capacity: Int)
  func recycle(_ buffer: UnsafeMutableRawPointer, capacity: Int)
}

/// Memory of a plan and of nobody else: its tensors follow each other in it at every run as they
/// did at the first.
public final class PlannedMemory: BufferSource {
  private let source: any BufferSource
  private var free = BufferPool()
  private var all: [(buffer: UnsafeMutableRawPointer, capacity: Int)] = []

  public init(from source: any BufferSource) { self.source = source }

  deinit { for (buffer, capacity) in all { source.recycle(buffer, capacity: capacity) } }

  public func take(byteCount: Int) throws -> (buffer: UnsafeMutableRawPointer, capacity: Int) {
    if let kept = free.take(capacity: BufferPool.capacity(for: byteCount)) { return kept }
    let taken = try source.take(byteCount: byteCount)
    all.append(taken)
    return taken
  }

  public func recycle(_ buffer: UnsafeMutableRawPointer, capacity: Int) {
    free.put(buffer, capacity: capacity)
  }
}
