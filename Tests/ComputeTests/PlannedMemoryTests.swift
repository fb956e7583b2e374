import Compute
import Testing

/// A plan's own memory.
@Suite struct PlannedMemoryTests {
  /// Hands out each block as if it were made for the request of that number.
  private final class Source: BufferSource {
    private(set) var count = 0
    private let births: [Int]

    init(births: [Int]) { self.births = births }

    func take(byteCount: Int) -> Block {
      let capacity = BufferPool.capacity(for: byteCount)
      var pool = BufferPool()
      for _ in 0..<(count < births.count ? births[count] : 1) { _ = pool.take(capacity: capacity) }
      count += 1
      return pool.newBlock(.allocate(byteCount: capacity, alignment: 64), capacity: capacity)
    }

    func recycle(_ block: Block) { block.buffer.deallocate() }
  }

  /// Whatever its device counted before, what is asked for again takes no more memory.
  @Test(arguments: [[1, 1], [100, 1], [1, 100]]) func blocksServeAgain(_ births: [Int]) throws {
    let source = Source(births: births)
    let memory = PlannedMemory(from: source)
    for _ in 0..<3 {
      let (small, large) = (try memory.take(byteCount: 4096), try memory.take(byteCount: 16384))
      memory.recycle(small)
      memory.recycle(large)
    }
    #expect(source.count == 2)
  }
}
