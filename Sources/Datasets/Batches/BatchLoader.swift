import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Prepares the batches of the steps to come while the device works on the one at hand.
///
/// It belongs to one thread, which asks for step after step; batches are those of the sequence, whoever
/// makes them when.
public final class BatchLoader {
  public let batches: BatchSequence
  /// Batches under way at once.
  private let ahead: Int
  private let queue = DispatchQueue(label: "batches", attributes: .concurrent)
  private var underway: [Int: BatchUnderway] = [:]

  /// Since the loader was made: how long batches were waited for, and how long it took to make them.
  public private(set) var waited = Duration.zero
  public private(set) var worked = Duration.zero

  /// - Parameters:
  ///   - batches: what to make, each when its step is near.
  ///   - ahead: batches made at once, each by a thread: as many as there are processors but one
  ///     unless given, eight at most and two at least, so that one is ready while another is made.
  public init(_ batches: BatchSequence, ahead: Int? = nil) {
    self.batches = batches
    let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    self.ahead = max(1, ahead ?? max(2, min(8, processors - 1)))
  }

  /// The batch of a step, the epoch's steps counted on from those before.
  ///
  /// - Parameters:
  ///   - step: counted from the training's first.
  ///   - last: the last step that will be asked for.
  public func batch(ofStep step: Int, last: Int) throws -> Batch {
    // What was prepared for other steps is of no use.
    underway = underway.filter { (step...step + ahead).contains($0.key) }
    let start = ContinuousClock.now
    let wanted = underway.removeValue(forKey: step) ?? begin(step)
    for next in step + 1..<max(step + 1, min(step + ahead, last) + 1) where underway[next] == nil {
      underway[next] = begin(next)
    }
    let (batch, duration) = try wanted.wait()
    waited += ContinuousClock.now - start
    worked += duration
    return batch
  }

  private func begin(_ step: Int) -> BatchUnderway {
    let underway = BatchUnderway()
    let batches = batches
    queue.async {
      underway.make {
        try batches.batch(epoch: step / batches.batchCount, index: step % batches.batchCount)
      }
    }
    return underway
  }
}

/// A batch that some thread makes and another waits for.
private final class BatchUnderway: Sendable {
  private let result = Mutex<(batch: Result<Batch, any Error>, duration: Duration)?>(nil)
  private let isDone = DispatchSemaphore(value: 0)

  func make(_ batch: () throws -> Batch) {
    let start = ContinuousClock.now
    let made = Result { try batch() }
    result.withLock { $0 = (made, ContinuousClock.now - start) }
    isDone.signal()
  }

  func wait() throws -> (batch: Batch, duration: Duration) {
    isDone.wait()
    isDone.signal()
    guard let made = result.withLock(\.self) else { preconditionFailure("no batch was made") }
    return (try made.batch.get(), made.duration)
  }
}
