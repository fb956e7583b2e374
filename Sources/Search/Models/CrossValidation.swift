/// Each example predicted by a model that has not seen it.
public struct CrossValidation: Sendable {
  public var folds: Int
  public var seed: UInt64

  public init(folds: Int = 10, seed: UInt64 = 0) {
    precondition(folds > 1, "\(folds) folds")
    self.folds = folds
    self.seed = seed
  }

  /// The predicted means, in the order of the examples; at least two examples.
  public func predictions(
    of model: any RegressionModel, _ inputs: [[Double]], _ targets: [Double]
  ) -> [Double] {
    precondition(inputs.count > 1, "cross-validation of \(inputs.count) examples")
    var generator = SeededGenerator(seed: seed)
    let order = Array(inputs.indices).shuffled(using: &generator)
    let folds = min(folds, inputs.count)
    var predictions = targets
    for fold in 0..<folds {
      let known = order.indices.filter { $0 % folds != fold }.map { order[$0] }
      let fitted = model.fitted(to: known.map { inputs[$0] }, known.map { targets[$0] })
      for place in stride(from: fold, to: order.count, by: folds) {
        predictions[order[place]] = fitted.prediction(of: inputs[order[place]]).mean
      }
    }
    return predictions
  }
}
