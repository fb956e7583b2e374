/// How well a model ranks examples that it has not seen.
public struct CrossValidation: Sendable {
  public var folds: Int
  /// Ways of dealing the examples to folds, of which the mean is taken.
  public var repeats: Int
  public var seed: UInt64

  public init(folds: Int = 4, repeats: Int = 10, seed: UInt64 = 0) {
    precondition(folds > 1 && repeats > 0, "\(repeats) times \(folds) folds")
    self.folds = folds
    self.repeats = repeats
    self.seed = seed
  }

  /// The mean of Kendall's tau over the folds, each ranked by a model fitted to the others.
  ///
  /// Only examples of one fold are compared: a model that knows nothing predicts the mean of what it
  /// has seen, which is lower where better ones were left out, so that comparing across folds would
  /// give it a tau far below 0. At least two examples for each fold.
  public func kendallTau(
    of model: any RegressionModel, _ inputs: [[Double]], _ targets: [Double]
  ) -> Double {
    precondition(inputs.count >= 2 * folds, "\(inputs.count) examples in \(folds) folds")
    var sum = 0.0
    for turn in 0..<repeats {
      var generator = SeededGenerator(seed: seed, stream: turn)
      let order = Array(inputs.indices).shuffled(using: &generator)
      for fold in 0..<folds {
        let known = order.indices.filter { $0 % folds != fold }.map { order[$0] }
        let held = order.indices.filter { $0 % folds == fold }.map { order[$0] }
        let fitted = model.fitted(to: known.map { inputs[$0] }, known.map { targets[$0] })
        sum += RankCorrelation.kendallTau(
          held.map { fitted.prediction(of: inputs[$0]).mean }, held.map { targets[$0] })
      }
    }
    return sum / Double(repeats * folds)
  }
}
