import Compute
import Dispatch
import Ranks
import Search
import Synchronization

/// The first rank's way to one rank, which does tasks in the order in which threads ask for them.
///
/// A task is on its way while the one before it is done: who asks early keeps the rank busy.
final class RankLink: Sendable {
  private let rank: Int
  private let ranks: any Communicator
  /// Signalled when the answer to the last task is there.
  private let last: Mutex<DispatchSemaphore>
  /// Numbers of the trials that the rank knows.
  private let told = Mutex(Set<Int>())
  private let isQuick = Atomic(false)
  private let pace = DispatchSemaphore(value: 0)

  init(to rank: Int, of ranks: any Communicator) {
    (self.rank, self.ranks) = (rank, ranks)
    let ready = DispatchSemaphore(value: 0)
    ready.signal()
    last = Mutex(ready)
  }

  /// Waits for the rank, and for what it says.
  func ask(_ task: RankTask) throws -> RankAnswer {
    let bytes = try RankMessage.bytes(task)
    let answered = DispatchSemaphore(value: 0)
    let turn = last.withLock { last in
      ranks.send(bytes, to: rank, as: .task)
      defer { last = answered }
      return last
    }
    turn.wait()
    let answer = ranks.receive(from: rank, as: .answer)
    answered.signal()
    switch try RankMessage.value(answer) as RankAnswer {
    case .refused(let reason): throw DeviceError(reason)
    case .interrupted: throw CancellationError()
    case let answer: return answer
    }
  }

  /// Has a candidate judged, by one that knows what others have judged.
  func judge(
    _ architecture: Architecture, fidelity: Double, seed: UInt64, knowing trials: [Trial]
  ) throws -> [String: Double] {
    let news = told.withLock { told in
      trials.filter { $0.state == .complete && told.insert($0.number).inserted }
    }
    let start = ContinuousClock.now
    let answer = try ask(.judge(architecture, fidelity: fidelity, seed: seed, others: news))
    guard case .metrics(let metrics) = answer else {
      preconditionFailure("a judgement has metrics")
    }
    if ContinuousClock.now - start < RankSeat.quick,
      isQuick.exchange(true, ordering: .relaxed) == false
    {
      pace.signal()
    }
    return metrics
  }

  /// Waits until the rank has judged a candidate quickly; false where it never has.
  func waitUntilQuick() -> Bool {
    pace.wait()
    return isQuick.load(ordering: .relaxed)
  }

  /// The rank will judge no more.
  func end() { pace.signal() }
}
