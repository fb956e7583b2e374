import Operators
import Search

/// Each optimiser's steps, with gradients as they are and clipped, and the parameters' average, against
/// their definitions in double precision.
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
    try [(1, 1), (83, 48), (20_000, 16_384)].flatMap { count, decayed in
      // Random gradients are longer than the first limit, and shorter than the second.
      try [nil, GradientClipping(limit: 0.25), GradientClipping(limit: 1e3)].flatMap {
        try Course(optimizer: optimizer, clipping: $0, count: count, decayed: decayed)
          .violations(of: name, on: device)
      }
    }
  }

  /// Four steps from random parameters, with random gradients.
  private struct Course {
    let optimizer: any Optimizer
    let clipping: GradientClipping?
    let count: Int
    let decayed: Int

    func violations(of name: String, on device: any Device) throws -> [Violation] {
      var generator = SeededGenerator(seed: UInt64(count))
      func random() -> [Float] {
        (0..<count).map { _ in Float.random(in: -1..<1, using: &generator) }
      }
      let zeros = [Float](repeating: 0, count: count)
      let start = random()
      let parameters = try device.tensor(start, [count])
      var expected = start.map(Double.init)
      let moments = try (0..<optimizer.momentCount).map { _ in try device.tensor(zeros, [count]) }
      var expectedMoments = moments.map { _ in zeros.map(Double.init) }
      let averaging = MovingAverage(decay: 0.75)
      let average = try device.tensor(start, [count])
      var expectedAverage = expected
      var compared: [(what: String, Comparison)] = []
      for step in 1...4 {
        let gradients = random()
        let given = try device.tensor(gradients, [count])
        let clipped = try clipping?.factor(of: given)
        try optimizer.update(
          parameters, gradients: given, scale: clipped, moments: moments, decayed: decayed,
          rate: 0.05, step: step)
        try averaging.update(average, with: parameters)

        var exact = gradients.map(Double.init)
        if let clipping, let clipped {
          let (factor, length) = clipping.reference(exact)
          exact = exact.map { $0 * factor }
          compared.append(
            (
              "the clipped gradients' length",
              Comparison(try device.read(clipped), [factor, length])
            ))
        }
        optimizer.reference(
          &expected, gradients: exact, moments: &expectedMoments, decayed: decayed, rate: 0.05,
          step: step)
        averaging.reference(&expectedAverage, with: expected)
      }
      compared += [
        ("four steps", Comparison(try device.read(parameters), expected)),
        ("the parameters' average", Comparison(try device.read(average), expectedAverage)),
      ]
      return compared.compactMap { what, comparison in
        comparison.disagreement.map {
          Violation(
            "\(what) equal the double-precision reference",
            of: "\(name) of \(count) parameters\(clipping.map { " clipped to \($0.limit)" } ?? "") "
              + "on \(device.description.name)", $0)
        }
      }
    }
  }
}
