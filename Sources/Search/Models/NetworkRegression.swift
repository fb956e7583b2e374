/// A few small networks of two hidden layers of rectified units, trained with Adam; their spread
/// is the uncertainty (Lakshminarayanan and others 2017).
public struct NetworkRegression: RegressionModel {
  public var seed: UInt64
  public var members: Int
  /// Units of each hidden layer.
  public var units: Int
  public var epochs: Int
  public var rate: Double
  public var weightDecay: Double

  public init(
    seed: UInt64, members: Int = 4, units: Int = 24, epochs: Int = 120, rate: Double = 5e-3,
    weightDecay: Double = 1e-3
  ) {
    precondition(members > 0 && units > 0, "\(members) networks of \(units) units")
    self.seed = seed
    self.members = members
    self.units = units
    self.epochs = epochs
    self.rate = rate
    self.weightDecay = weightDecay
  }

  public func fitted(to inputs: [[Double]], _ targets: [Double]) -> any FittedModel {
    let standard = Standardization(targets)
    let scaled = targets.map { standard($0) }
    return Fitted(
      standard: standard,
      members: (0..<members).map { member in
        var generator = SeededGenerator(seed: seed, stream: member)
        var network = Perceptron([inputs[0].count, units, units, 1], using: &generator)
        let batch = 16
        let steps = epochs * max(1, (inputs.count + batch - 1) / batch)
        var step = 0
        for _ in 0..<epochs {
          let order = Array(inputs.indices).shuffled(using: &generator)
          for start in stride(from: 0, to: order.count, by: batch) {
            for i in order[start..<min(start + batch, order.count)] {
              network.addGradient(of: inputs[i], target: scaled[i])
            }
            step += 1
            network.update(
              rate: rate * (1 - Double(step - 1) / Double(steps)), weightDecay: weightDecay,
              step: step)
          }
        }
        return network
      })
  }

  private struct Fitted: FittedModel {
    let standard: Standardization
    let members: [Perceptron]

    func prediction(of input: [Double]) -> Prediction {
      let spread = Standardization(members.map { $0(input) })
      return Prediction(
        mean: standard.undone(spread.mean),
        deviation: members.count > 1 ? spread.scale * standard.scale : 0)
    }
  }
}
