public import Search

/// How the best value of one search grew, trial by trial.
public struct BestCurve: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    /// Evaluations spent so far, in full ones.
    public let spent: Double
    /// Time of proposing and evaluating so far; what lay between runs is not in it.
    public let seconds: Double
    /// The best feasible value of the main objective so far; `nil` before there is one.
    public let best: Double?

    public init(spent: Double, seconds: Double, best: Double?) {
      self.spent = spent
      self.seconds = seconds
      self.best = best
    }
  }

  /// One for each trial, in the order of their numbers.
  public let steps: [Step]

  public init(_ steps: [Step]) { self.steps = steps }

  /// The curve of a study's first trials, up to a budget of evaluations.
  public init(_ file: StudyFile, by goal: SearchGoal, budget: Double = .infinity) {
    var steps: [Step] = []
    var (effort, seconds) = (Effort(), 0.0)
    var best: Trial?
    for (trial, proposal) in zip(file.study.trials, file.proposalDurations) {
      guard effort.evaluations < budget else { break }
      effort.add(trial.fidelity)
      seconds += trial.duration.seconds + proposal.seconds
      if goal.isFeasible(trial), best.map({ goal.prefers(trial, to: $0) }) ?? true { best = trial }
      steps.append(
        Step(
          spent: effort.evaluations, seconds: seconds, best: best?.metrics[goal.objective.metric]))
    }
    self.steps = steps
  }

  /// The best after so many evaluations; of a search that ended before, its last.
  public func best(afterEvaluations count: Double) -> Double? {
    last { $0.spent > count }
  }

  public func best(afterSeconds seconds: Double) -> Double? { last { $0.seconds > seconds } }

  private func last(before isBeyond: (Step) -> Bool) -> Double? {
    let count = steps.partitionPoint(isBeyond)
    return count == 0 ? nil : steps[count - 1].best
  }

  /// When the first value was there.
  public var firstSeconds: Double? { steps.first { $0.best != nil }?.seconds }
}

/// The best values of several searches by one strategy, side by side.
public struct CurveBundle: Sendable, Equatable {
  public let curves: [BestCurve]

  public init(_ curves: [BestCurve]) { self.curves = curves }

  /// Mean and sample standard deviation (0 of one); `nil` until every search has a value.
  public struct Spread: Sendable, Equatable {
    public let mean: Double
    public let deviation: Double

    public init?(_ values: [Double?]) {
      let known = values.compactMap(\.self)
      guard !known.isEmpty, known.count == values.count else { return nil }
      let mean = known.reduce(0, +) / Double(known.count)
      let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      self.mean = mean
      deviation = known.count > 1 ? (squares / Double(known.count - 1)).squareRoot() : 0
    }
  }

  public func spread(afterEvaluations count: Double) -> Spread? {
    Spread(curves.map { $0.best(afterEvaluations: count) })
  }

  public func spread(afterSeconds seconds: Double) -> Spread? {
    Spread(curves.map { $0.best(afterSeconds: seconds) })
  }

  /// From when every search has a value to when the last one ends.
  public var secondsRange: ClosedRange<Double>? {
    let firsts = curves.compactMap(\.firstSeconds)
    guard firsts.count == curves.count, let start = firsts.max(),
      let end = curves.compactMap(\.steps.last?.seconds).max(), end >= start
    else { return nil }
    return start...end
  }

  /// The evaluations within which more than half of the searches reached a value; `nil` where fewer
  /// have.
  public func medianEvaluations(reaching value: Double, maximising: Bool) -> Double? {
    let reached = curves.map { curve in
      curve.steps.first { step in
        step.best.map { maximising ? $0 >= value : $0 <= value } ?? false
      }?.spent ?? .infinity
    }.sorted()
    guard !reached.isEmpty else { return nil }
    let median = reached[reached.count / 2]
    return median.isFinite ? median : nil
  }
}
