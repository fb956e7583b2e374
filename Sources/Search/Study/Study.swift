/// A search space and every trial made in it: the value a search grows, and all it must keep.
public struct Study: Sendable, Equatable {
  public let space: SearchSpace
  public private(set) var history = History()

  /// Makes a study of a space, or of what is known of one.
  ///
  /// Throws a `SearchError` where a trial is out of order or not of the space.
  public init(_ space: SearchSpace, trials: [Trial]) throws {
    self.init(space)
    for trial in trials { try merge(trial) }
  }

  public init(_ space: SearchSpace) {
    self.space = space
  }

  public var trials: [Trial] { history.trials }

  /// The trials that are not evaluated yet, oldest first.
  public var pendingTrials: [Trial] { trials.filter { $0.state == .pending } }

  public var pendingCount: Int { history.pendingCount }

  /// The evaluations that were made or begun, in full ones: one of lower fidelity is its part of one.
  public var spent: Double { history.spent }

  /// Adds a pending trial of a canonical member of the space and returns its number.
  @discardableResult
  public mutating func append(
    _ architecture: Architecture, fidelity: Double = 1, source: String, estimator: String = "",
    device: String = "", seed: UInt64 = 0, metrics: [String: Double] = [:]
  ) -> Int {
    precondition(space.contains(architecture), "\(architecture) is not canonical in this space")
    let number = history.count
    history.append(
      Trial(
        number: number, architecture: architecture, fidelity: fidelity, source: source,
        estimator: estimator, device: device, seed: seed, metrics: metrics))
    return number
  }

  /// Adds what a strategy proposed as a pending trial and returns its number.
  @discardableResult
  public mutating func append(
    _ proposal: Proposal, source: String, estimator: String = "", device: String = "",
    seed: UInt64 = 0, metrics: [String: Double] = [:]
  ) -> Int {
    append(
      proposal.architecture, fidelity: proposal.fidelity, source: source, estimator: estimator,
      device: device, seed: seed, metrics: metrics)
  }

  /// Takes a trial as a file or another process has it: the next one, or a pending one's outcome.
  ///
  /// Throws a `SearchError` where it is neither, or not of the space.
  public mutating func merge(_ trial: Trial) throws {
    guard space.contains(trial.architecture) else {
      throw SearchError(
        "trial \(trial.number)'s architecture \(trial.architecture) is not in the study's space")
    }
    guard trials.indices.contains(trial.number) else {
      guard trial.number == history.count else {
        throw SearchError("trial \(trial.number) stands in place \(history.count) of its study")
      }
      return history.append(trial)
    }
    let known = trials[trial.number]
    guard known.state == .pending, known.architecture == trial.architecture,
      known.fidelity == trial.fidelity
    else { throw SearchError("trial \(trial.number) is in the study already, as another") }
    history.update(trial.number) { $0 = trial }
  }

  /// Ends a pending trial with what was measured, added to the metrics it was appended with.
  public mutating func complete(
    _ number: Int, metrics: [String: Double], duration: Duration = .zero
  ) {
    end(number, .complete, metrics, duration)
  }

  /// Ends a pending trial that could not be evaluated; the search goes on without it.
  public mutating func fail(_ number: Int, reason: String, duration: Duration = .zero) {
    end(number, .failed(reason: reason), [:], duration)
  }

  private mutating func end(
    _ number: Int, _ state: Trial.State, _ metrics: [String: Double], _ duration: Duration
  ) {
    history.update(number) { trial in
      precondition(trial.state == .pending, "trial \(number) has ended as \(trial.state)")
      trial.state = state
      trial.metrics.merge(metrics) { _, measured in measured }
      trial.duration = duration
    }
  }

  /// The trials of one architecture, oldest first.
  public func trials(of architecture: Architecture) -> [Trial] {
    history.trials(of: architecture)
  }

  /// The best feasible trial of full fidelity, the oldest of equals; `nil` where there is none.
  public func best(by goal: SearchGoal) -> Trial? {
    var best: (number: Int, rank: SearchGoal.Rank)?
    for trial in trials {
      guard let rank = goal.rank(trial), rank.isFeasible else { continue }
      if let best, best.rank <= rank { continue }
      best = (trial.number, rank)
    }
    return best.map { trials[$0.number] }
  }

  /// The feasible trials of full fidelity that no other beats in all of the goal's objectives.
  public func front(by goal: SearchGoal) -> ParetoFront {
    ParetoFront(of: trials, objectives: goal.objectives, under: goal.constraints)
  }
}

extension Study: Codable {
  private enum CodingKeys: String, CodingKey { case space, trials }

  /// Reads a study, or throws where a trial is out of order or not of the space.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      container.decode(SearchSpace.self, forKey: .space),
      trials: container.decode([Trial].self, forKey: .trials))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(space, forKey: .space)
    try container.encode(trials, forKey: .trials)
  }
}
