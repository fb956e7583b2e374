/// The metric a search improves, and which way is better.
public struct Objective: Codable, Sendable, Equatable {
  public enum Direction: String, Codable, Sendable {
    case maximise, minimise
  }

  public let metric: String
  public let direction: Direction

  public init(_ direction: Direction, _ metric: String) {
    self.direction = direction
    self.metric = metric
  }

  /// The metric of a complete trial turned so that less is better; `nil` if missing or not finite.
  func loss(of trial: Trial) -> Double? {
    guard trial.state == .complete, let value = trial.metrics[metric], value.isFinite else {
      return nil
    }
    return direction == .minimise ? value : -value
  }
}

/// A limit on a metric: the most that it may be, or the least.
public struct Constraint: Sendable, Equatable {
  public let metric: String
  public let limit: Double
  /// Whether it is the least that the metric may be.
  public let isLeast: Bool

  public init(_ metric: String, atMost limit: Double) {
    (self.metric, self.limit, isLeast) = (metric, limit, false)
  }

  public init(_ metric: String, atLeast limit: Double) {
    (self.metric, self.limit, isLeast) = (metric, limit, true)
  }

  /// Says whether a measured value keeps to the limit; NaN does not.
  public func isMet(by value: Double) -> Bool { overshoot(of: value) <= 0 }

  /// By how much a value lies beyond the limit; below 0 where it keeps to it.
  func overshoot(of value: Double) -> Double { isLeast ? limit - value : value - limit }

  /// By how much the limit is passed, relative to it; 0 where it is met, infinite if not measured.
  func excess(of trial: Trial) -> Double {
    guard let value = trial.metrics[metric], !value.isNaN else { return .infinity }
    guard !isMet(by: value) else { return 0 }
    return overshoot(of: value) / (limit == 0 ? 1 : abs(limit))
  }
}

/// What a search is after: objectives, the main one first, under any number of limits.
///
/// A strategy for one objective takes the main one, and `Study.best` goes by it; a strategy for
/// several looks for the Pareto front of all.
public struct SearchGoal: Sendable, Equatable {
  /// At least one.
  public let objectives: [Objective]
  public let constraints: [Constraint]

  public init(_ objectives: [Objective], under constraints: [Constraint] = []) {
    precondition(!objectives.isEmpty, "a search needs an objective")
    self.objectives = objectives
    self.constraints = constraints
  }

  public init(_ objective: Objective, under constraints: [Constraint] = []) {
    self.init([objective], under: constraints)
  }

  /// The names of all metrics that it asks for.
  public var metrics: [String] { objectives.map(\.metric) + constraints.map(\.metric) }

  /// The main objective.
  public var objective: Objective { objectives[0] }

  /// Says whether a trial is complete, of full fidelity, has a finite main objective and meets every
  /// constraint.
  public func isFeasible(_ trial: Trial) -> Bool {
    rank(trial)?.isFeasible ?? false
  }

  /// Says whether one trial is strictly better than another.
  ///
  /// A feasible one beats an infeasible one, less excess beats more, then the main objective counts
  /// (Deb 2000); a trial that is pending, failed, of low fidelity or has no finite objective beats
  /// nothing.
  public func prefers(_ one: Trial, to other: Trial) -> Bool {
    guard let rank = rank(one) else { return false }
    guard let otherRank = self.rank(other) else { return true }
    return rank < otherRank
  }

  /// How good a trial of full fidelity is, less is better; `nil` where there is nothing to compare.
  func rank(_ trial: Trial) -> Rank? {
    trial.fidelity == 1 ? rankAtItsFidelity(trial) : nil
  }

  /// How good a trial is among those of its own fidelity.
  func rankAtItsFidelity(_ trial: Trial) -> Rank? {
    guard let loss = objective.loss(of: trial) else { return nil }
    return Rank(excess: excess(of: trial), loss: loss)
  }

  /// By how much a trial passes all its limits together, each relative to the limit.
  func excess(of trial: Trial) -> Double {
    constraints.reduce(0) { $0 + $1.excess(of: trial) }
  }

  struct Rank: Comparable {
    let excess: Double
    let loss: Double

    var isFeasible: Bool { excess == 0 }

    static func < (left: Rank, right: Rank) -> Bool {
      (left.excess, left.loss) < (right.excess, right.loss)
    }
  }
}

extension Constraint: Codable {
  private enum CodingKeys: String, CodingKey { case metric, limit, isLeast }

  /// Files of before there was a least have upper limits only.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    metric = try container.decode(String.self, forKey: .metric)
    limit = try container.decode(Double.self, forKey: .limit)
    isLeast = try container.decodeIfPresent(Bool.self, forKey: .isLeast) ?? false
  }
}

extension SearchGoal: Codable {
  private enum CodingKeys: String, CodingKey { case objectives, constraints }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    objectives = try container.decode([Objective].self, forKey: .objectives)
    constraints = try container.decode([Constraint].self, forKey: .constraints)
    guard !objectives.isEmpty else { throw SearchError("a search needs an objective") }
  }
}
