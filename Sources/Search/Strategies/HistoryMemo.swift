import Synchronization

/// What a strategy makes of a history, trial by trial in order: a population, a controller, a tree.
public protocol HistorySummary: Sendable {
  /// Takes in the next trial, which is pending only where it or an earlier one is not settled yet.
  mutating func take(_ trial: Trial)
}

/// Keeps the latest summaries, so that a growing history is read once and not at each proposal.
///
/// A strategy stays a function of the history: what is kept is used again only for a history that
/// begins with the very trials it was made of (by their digest), and those after the first pending
/// trial, which may still change, are taken into a copy. So the answers are the same without it.
public final class HistoryMemo<Summary: HistorySummary>: Sendable {
  private struct Entry: Sendable {
    let space: SearchSpace
    let goal: SearchGoal
    var count: Int
    var digest: Int
    var summary: Summary

    func begins(_ request: SearchRequest) -> Bool {
      let history = request.history
      return count <= history.settledCount && digest == history.digest(ofFirst: count)
        && goal == request.goal && space == request.space
    }
  }

  /// The last used is last: a search under several budgets asks with each of its goals in turn.
  private let entries = Mutex<[Entry]>([])
  private static var limit: Int { 16 }

  public init() {}

  /// Lends the summary of the request's whole history.
  ///
  /// - Parameters:
  ///   - request: whose history, space and goal are summarised.
  ///   - start: makes the summary of no trials, the same for equal spaces and goals.
  ///   - body: is lent the summary.
  public func withSummary<Result>(
    of request: SearchRequest, from start: () -> Summary, _ body: (Summary) -> Result
  ) -> Result {
    let history = request.history
    var entry =
      take(for: request)
      ?? Entry(
        space: request.space, goal: request.goal, count: 0, digest: history.digest(ofFirst: 0),
        summary: start())
    for trial in history.trials[entry.count..<history.settledCount] { entry.summary.take(trial) }
    entry.count = history.settledCount
    entry.digest = history.digest(ofFirst: entry.count)
    defer { keep(entry) }
    guard entry.count < history.count else { return body(entry.summary) }
    var summary = entry.summary
    for trial in history.trials[entry.count...] { summary.take(trial) }
    return body(summary)
  }

  /// Takes the one out that knows most, so that its summary has one owner and grows in place.
  private func take(for request: SearchRequest) -> Entry? {
    entries.withLock { entries in
      let usable = entries.indices.filter { entries[$0].begins(request) }
      return usable.max { entries[$0].count < entries[$1].count }.map { entries.remove(at: $0) }
    }
  }

  private func keep(_ entry: Entry) {
    entries.withLock { entries in
      if entries.count == Self.limit { entries.removeFirst() }
      entries.append(entry)
    }
  }
}
