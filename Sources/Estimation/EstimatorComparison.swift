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

  /// Adds a predictor that has learnt from the other candidates' references: each candidate is
  /// predicted by a model that has not seen it.
  public mutating func add(
    predictor model: any RegressionModel, named name: String, in space: SearchSpace
  ) {
    let start = ContinuousClock.now
    let predictions = CrossValidation(folds: candidates.count).predictions(
      of: RankedRegression(model), candidates.map(space.oneHot), reference.map(\.value))
    let seconds = (ContinuousClock.now - start).seconds / Double(candidates.count)
    add(
      predictions.map { Judgement(value: $0, seconds: seconds) }, named: name,
      preparation: reference.dropLast().reduce(0) { $0 + $1.seconds })
  }
}
