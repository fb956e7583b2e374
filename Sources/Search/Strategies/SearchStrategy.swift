/// A way of choosing what to try next: a function of the history, seeded, without memory.
///
/// Its randomness comes from its seed and the history's length, so that a study goes on from its
/// file as if it had never stopped. Pending and failed trials are part of the history.
public protocol SearchStrategy: Sendable {
  /// Proposes canonical architectures that are new at their fidelity, admitted and different.
  ///
  /// Fewer than asked come back where no more were found in a bounded number of tries.
  func proposals(for request: SearchRequest) -> [Proposal]

  /// Says whether it may propose to spend a part of the full effort.
  var usesFidelities: Bool { get }
}

extension SearchStrategy {
  public var usesFidelities: Bool { false }
}

/// What a strategy is asked: how many, in which space, after which trials, to which end.
public struct SearchRequest {
  public let count: Int
  public let space: SearchSpace
  public let history: History
  public let goal: SearchGoal
  /// Says whether an architecture may be proposed; it must always answer alike.
  ///
  /// Here belong the constraints on what is known before an evaluation, such as latency or MACs.
  public let admits: (Architecture) -> Bool

  public init(
    _ count: Int, after study: Study, goal: SearchGoal,
    admits: @escaping (Architecture) -> Bool = { _ in true }
  ) {
    self.count = count
    space = study.space
    history = study.history
    self.goal = goal
    self.admits = admits
  }
}
