import Compute
import Dispatch
public import Ranks
import Search
public import Studies
import Synchronization

/// All ranks of a search, as the first one sees them: whom it asks, and who has which device.
///
/// The study is the first rank's. Threads there stand for each rank (`RankSeat`): they take part in
/// the study as any other process would, and have what costs time done by their rank. So a rank that
/// is free is given the next candidate, however long others take.
public final class RankCrew: Sendable {
  public let devices: RankDevices
  private let ranks: any Communicator
  private let links: [RankLink]
  private let hasFailed = Atomic(false)
  private let latencies = Mutex([Timing: Latency]())

  private struct Timing: Hashable {
    var device: String
    var architecture: Architecture
    var batch: Int
  }

  /// Whether the search has failed in one of its threads: then the others are to end.
  public var isEnding: Bool { hasFailed.load(ordering: .relaxed) }

  public init(_ ranks: any Communicator, devices: RankDevices) {
    precondition(ranks.isFirst, "the first rank leads")
    self.ranks = ranks
    self.devices = devices
    links = (0..<ranks.size).map { RankLink(to: $0, of: ranks) }
  }

  func link(to rank: Int) -> RankLink { links[rank] }

  /// What a rank has measured for another one is known to all.
  ///
  /// - Parameters:
  ///   - architecture: the subnet.
  ///   - batch: images of a pass.
  ///   - device: as metrics name it.
  ///   - measure: where it is not known.
  func latency(
    of architecture: Architecture, batch: Int, on device: String, _ measure: () throws -> Latency
  ) rethrows -> Latency {
    let key = Timing(device: device, architecture: architecture, batch: batch)
    if let known = latencies.withLock({ $0[key] }) { return known }
    let latency = try measure()
    latencies.withLock { $0[key] = latency }
    return latency
  }

  /// Has every rank's threads search, while this rank does its own part of what they ask.
  ///
  /// Throws what the first of them throws, when all have ended.
  ///
  /// - Parameters:
  ///   - worker: what this rank is asked, until all threads have ended.
  ///   - search: a search for a rank, from beginning to end, in a thread.
  public func search(
    _ worker: RankWorker,
    _ search: @escaping @Sendable (_ seat: RankSeat) throws -> StudySearch.Ending
  ) throws -> StudySearch.Ending {
    let group = DispatchGroup()
    let results = Mutex([Result<StudySearch.Ending, any Error>]())
    for (rank, link) in links.enumerated() {
      let clock = EvaluationClock()
      for isSecond in [false, true] {
        let seat = RankSeat(
          rank: rank, number: isSecond ? links.count + rank : rank, clock: clock)
        // A serial queue has a thread of its own, however many others wait.
        DispatchQueue(label: "seat \(seat.number)").async(group: group) { [self] in
          if isSecond, !link.waitUntilQuick() { return }
          let result = Result { try search(seat) }
          if !isSecond { link.end() }
          if case .failure = result { hasFailed.store(true, ordering: .relaxed) }
          results.withLock { $0.append(result) }
        }
      }
    }
    group.notify(queue: .global()) { [self] in send(.end, to: 0) }
    try worker.work()
    let endings = try results.withLock { try $0.map { try $0.get() } }
    return [.interrupted, .spent].first(where: endings.contains) ?? .exhausted
  }

  /// Lets the other ranks go.
  public func end() {
    for rank in 1..<ranks.size { send(.end, to: rank) }
  }

  private func send(_ task: RankTask, to rank: Int) {
    guard let bytes = try? RankMessage.bytes(task) else { preconditionFailure("\(task)") }
    ranks.send(bytes, to: rank, as: .task)
  }
}
