/// Stochastic gradient boosting of regression trees under squared error (Friedman 2001, 2002).
public struct BoostedTrees: RegressionModel {
  public var seed: UInt64
  public var trees: Int
  public var rate: Double
  public var limits: RegressionTree.Limits
  /// The part of the examples each tree sees.
  public var sample: Double

  public init(
    seed: UInt64, trees: Int = 200, rate: Double = 0.08,
    limits: RegressionTree.Limits = .init(depth: 4, leafSize: 2), sample: Double = 0.7
  ) {
    precondition(trees > 0 && sample > 0 && sample <= 1, "\(trees) trees of \(sample)")
    self.seed = seed
    self.trees = trees
    self.rate = rate
    self.limits = limits
    self.sample = sample
  }

  public func fitted(to inputs: [[Double]], _ targets: [Double]) -> any FittedModel {
    let mean = targets.reduce(0, +) / Double(targets.count)
    var residuals = targets.map { $0 - mean }
    var generator = SeededGenerator(seed: seed)
    var grown: [RegressionTree] = []
    // Errors on the examples that a tree did not see tell how far off the sum is.
    var (unseen, unseenCount) = (0.0, 0)
    let size = max(1, Int((Double(inputs.count) * sample).rounded()))
    for number in 0..<trees {
      let order = Array(inputs.indices).shuffled(using: &generator)
      let tree = RegressionTree(
        inputs, residuals, rows: Array(order[..<size]), limits: limits, using: &generator)
      grown.append(tree)
      for i in inputs.indices { residuals[i] -= rate * tree(inputs[i]) }
      guard number >= trees / 2 else { continue }
      for i in order[size...] {
        unseen += residuals[i] * residuals[i]
        unseenCount += 1
      }
    }
    return Fitted(
      mean: mean, rate: rate, trees: grown,
      deviation: unseenCount == 0 ? 0 : (unseen / Double(unseenCount)).squareRoot())
  }

  private struct Fitted: FittedModel {
    let mean: Double
    let rate: Double
    let trees: [RegressionTree]
    let deviation: Double

    func prediction(of input: [Double]) -> Prediction {
      Prediction(mean: trees.reduce(mean) { $0 + rate * $1(input) }, deviation: deviation)
    }
  }
}
