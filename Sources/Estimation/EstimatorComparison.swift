import Search

/// How well each estimator ranks the same candidates as the reference does, and what it costs.
public struct EstimatorComparison {
  /// One candidate judged by one estimator.
  public struct Judgement: Sendable, Equatable {
    public var value: Double
    public var seconds: Double

    public init(value: Double, seconds: Double) {
      self.value = value
      self.seconds = seconds
    }
  }

  /// One estimator's line.
  public struct Row: Sendable {
    public var estimator: String
    /// Kendall's tau of its values against the reference's.
    public var tau: Double
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
    rows.append(
      Row(
        estimator: name,
        tau: RankCorrelation.kendallTau(judgements.map(\.value), reference.map(\.value)),
        preparation: preparation,
        secondsEach: judgements.reduce(0) { $0 + $1.seconds } / Double(judgements.count)))
  }

  /// Adds a predictor that learns from three quarters of the references and ranks the others, by
  /// turns.
  public mutating func add(
    predictor model: any RegressionModel, named name: String, in space: SearchSpace
  ) {
    let inputs = candidates.map(space.oneHot)
    let validation = CrossValidation(folds: min(4, candidates.count / 2))
    let start = ContinuousClock.now
    let tau = validation.kendallTau(
      of: RankedRegression(model), inputs, reference.map(\.value))
    let predictions = validation.repeats * candidates.count
    let known = 1 - 1 / Double(validation.folds)
    rows.append(
      Row(
        estimator: name, tau: tau,
        preparation: known * reference.reduce(0) { $0 + $1.seconds },
        secondsEach: (ContinuousClock.now - start).seconds / Double(predictions)))
  }
}
