import Search

/// How well each estimator ranks the same candidates as the reference does, and what it costs.
public struct EstimatorComparison {
  /// One candidate judged by one estimator.
  public struct Judgement: Sendable, Equatable {
    /// `nil` where the candidate could not be judged.
    public var value: Double?
    public var seconds: Double

    public init(value: Double?, seconds: Double) {
      self.value = value
      self.seconds = seconds
    }
  }

  /// One estimator's line.
  public struct Row: Sendable {
    public var estimator: String
    /// Kendall's tau of its values against the reference's; `nil` of fewer than two candidates.
    public var tau: Double?
    /// The candidates that both could judge.
    public var candidates: Int
    /// Before the first candidate: a supernet's training, a predictor's examples.
    public var preparation: Double
    /// The mean over candidates.
    public var secondsEach: Double
  }

  public let candidates: [Architecture]
  public private(set) var reference: [Judgement] = []
  public private(set) var rows: [Row] = []

  public init(_ candidates: [Architecture]) { self.candidates = candidates }

  /// Adds the estimator that all others are compared with, from its judgements.
  public mutating func add(reference judgements: [Judgement], named name: String) {
    reference = judgements
    add(judgements, named: name, preparation: 0)
  }

  public mutating func add(_ judgements: [Judgement], named name: String, preparation: Double) {
    let pairs = zip(judgements, reference).compactMap { judgement, reference in
      judgement.value.flatMap { value in reference.value.map { (value, $0) } }
    }
    rows.append(
      Row(
        estimator: name,
        tau: pairs.count < 2
          ? nil : RankCorrelation.kendallTau(pairs.map(\.0), pairs.map(\.1)),
        candidates: pairs.count, preparation: preparation,
        secondsEach: judgements.reduce(0) { $0 + $1.seconds } / Double(max(1, judgements.count))))
  }

  /// The candidates that predictors can learn from: too few make no folds.
  private var examples: [(candidate: Architecture, judgement: Judgement, value: Double)] {
    zip(candidates, reference).compactMap { candidate, judgement in
      judgement.value.map { (candidate, judgement, $0) }
    }
  }

  /// Adds a predictor that learns from three quarters of the references and ranks the others, by
  /// turns.
  public mutating func add(
    predictor model: any RegressionModel, named name: String, in space: SearchSpace
  ) {
    let examples = examples
    guard examples.count >= 4 else {
      return rows.append(
        Row(estimator: name, tau: nil, candidates: 0, preparation: 0, secondsEach: 0))
    }
    let validation = CrossValidation(folds: min(4, examples.count / 2))
    let start = ContinuousClock.now
    let tau = validation.kendallTau(
      of: RankedRegression(model), examples.map { space.oneHot($0.candidate) },
      examples.map(\.value))
    let predictions = validation.repeats * examples.count
    let known = 1 - 1 / Double(validation.folds)
    rows.append(
      Row(
        estimator: name, tau: tau, candidates: examples.count,
        preparation: known * examples.reduce(0) { $0 + $1.judgement.seconds },
        secondsEach: (ContinuousClock.now - start).seconds / Double(predictions)))
  }
}
