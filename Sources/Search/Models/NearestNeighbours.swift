/// The weighted mean of the k nearest examples (Cover and Hart 1967), nearer ones weighing more.
public struct NearestNeighbours: RegressionModel {
  public var count: Int

  public init(count: Int = 8) {
    precondition(count > 0, "\(count) neighbours")
    self.count = count
  }

  public func fitted(to inputs: [[Double]], _ targets: [Double]) -> any FittedModel {
    Fitted(count: min(count, inputs.count), inputs: inputs, targets: targets)
  }

  private struct Fitted: FittedModel {
    let count: Int
    let inputs: [[Double]]
    let targets: [Double]

    func prediction(of input: [Double]) -> Prediction {
      var distances: [(squared: Double, number: Int)] = []
      distances.reserveCapacity(inputs.count)
      for (number, known) in inputs.enumerated() {
        var squared = 0.0
        for i in known.indices { squared += (known[i] - input[i]) * (known[i] - input[i]) }
        distances.append((squared, number))
      }
      // The order of the examples decides between equals, so a prediction repeats itself.
      distances.sort { $0 < $1 }
      // All that are as near as the last one count too: which of them came first says nothing.
      let reach = distances[count - 1].squared
      let near = distances.prefix { $0.squared <= reach }
      // An example that is the input itself all but decides.
      let weights = near.map { 1 / ($0.squared * $0.squared + 1e-6) }
      let total = weights.reduce(0, +)
      let values = near.map { targets[$0.number] }
      let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / total
      let variance = zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      return Prediction(mean: mean, deviation: (variance / total).squareRoot())
    }
  }
}
