import Operators
import Search

/// Each optimiser's steps against its definition in double precision.
public enum OptimizerLaws {
  public static let cases: [(name: String, optimizer: any Optimizer)] = [
    ("SGD", SGD(momentum: 0.9, weightDecay: 0.01)),
    ("SGD Nesterov", SGD(momentum: 0.8, nesterov: true)),
    ("SGD plain", SGD(momentum: 0)),
    ("RMSProp", RMSProp(weightDecay: 0.02)),
    ("Adam", Adam(weightDecay: 0.03)),
  ]

  public static func violations(
    of name: String, _ optimizer: any Optimizer, on device: any Device
  ) throws -> [Violation] {
    var violations: [Violation] = []
    for (count, decayed) in [(1, 1), (83, 48), (20_000, 16_384)] {
      var generator = SeededGenerator(seed: UInt64(count))
      func random() -> [Float] {
        (0..<count).map { _ in Float.random(in: -1..<1, using: &generator) }
      }
      let start = random()
      let parameters = try device.tensor(start, [count])
      var expected = start.map(Double.init)
      let moments = try (0..<optimizer.momentCount).map { _ in
        try device.tensor([Float](repeating: 0, count: count), [count])
      }
      var expectedMoments = moments.map { _ in [Double](repeating: 0, count: count) }
      for step in 1...4 {
        let gradients = random()
        try optimizer.update(
          parameters, gradients: try device.tensor(gradients, [count]), moments: moments,
          decayed: decayed, rate: 0.05, step: step)
        optimizer.reference(
          &expected, gradients: gradients.map(Double.init), moments: &expectedMoments,
          decayed: decayed, rate: 0.05, step: step)
      }
      if let disagreement = Comparison(try device.read(parameters), expected).disagreement {
        violations.append(
          Violation(
            "four steps equal the double-precision reference",
            of: "\(name) of \(count) parameters on \(device.description.name)", disagreement))
      }
    }
    return violations
  }
}
