import Operators
import Search

/// What every operator must satisfy on every device, case by case.
public enum OperatorLaws {
  /// The catalogue's cases, with the operator's name.
  public static var cases: [(name: String, case: OperatorCase)] {
    OperatorCatalogue.all.flatMap { type in
      type.cases.map { ("\(type) \($0.name)", $0) }
    } + FusedChain.cases.map { ("fused chain, \($0.name)", $0) }
      + HalfActivations.cases.map { ("halves, \($0.name)", $0) }
  }

  /// Without the single operators on halves: of these the chains, which launch the same kernels.
  ///
  /// Where each kernel is compiled first, as on PoCL, others would take minutes.
  public static var quickCases: [(name: String, case: OperatorCase)] {
    cases.filter { !$0.name.hasPrefix("halves, ") }
  }

  /// All laws of all cases of one operator, in the catalogue or not.
  public static func violations(
    of type: any Operator.Type, on device: any Device
  ) throws -> [Violation] {
    try type.cases.flatMap { try violations(of: "\(type) \($0.name)", $0, on: device) }
  }

  /// All laws of one case.
  public static func violations(
    of name: String, _ testCase: OperatorCase, on device: any Device
  ) throws -> [Violation] {
    let subject = "\(name) on \(device.description.name)"
    try spoilMemory(of: device)
    let trial = try OperatorTrial(testCase, on: device)
    let forward = try trial.forward(subject)
    guard testCase.inputs.contains(where: \.needsGradient) else { return forward }
    return try forward + trial.gradients(subject) + trial.repeats(subject)
  }

  /// Fills memory that the device hands out next with NaNs: what is read before it is written shows.
  private static func spoilMemory(of device: any Device) throws {
    let sizes = (10..<18).flatMap { Array(repeating: 1 << $0, count: 6) }
    _ = try sizes.map { try device.tensor([Float](repeating: .nan, count: $0), [$0]) }
  }
}

/// One case set up on a device: its inputs in both precisions, and slices inside their wholes.
private struct OperatorTrial {
  /// Stands around slices and under accumulated gradients.
  static let sentinel: Float = 0.75

  let testCase: OperatorCase
  let device: any Device
  let values: [ReferenceArray]
  let inputs: [Tensor]

  init(_ testCase: OperatorCase, on device: any Device) throws {
    self.testCase = testCase
    self.device = device
    var generator = SeededGenerator(seed: 17)
    values = testCase.inputs.map { OperatorTrial.values($0, using: &generator) }
    inputs = try zip(testCase.inputs, values).map { input, values in
      try OperatorTrial.place(input, values.values.map(Float.init), on: device).view
    }
  }

  /// Random numbers that float32 holds exactly, so that both precisions start alike.
  static func values(
    _ input: OperatorCase.Input, using generator: inout SeededGenerator
  ) -> ReferenceArray {
    let count = input.shape.product
    func normal() -> Double {
      let sum = (0..<12).reduce(-6.0) { total, _ in
        total + Double.random(in: 0..<1, using: &generator)
      }
      return Double(Float(sum))
    }
    let values: [Double]
    switch input.values {
    case .normal: values = (0..<count).map { _ in normal() }
    case .spread:
      // All distinct by 0.01 and no nearer than 0.005 to a kink at 0, 3 or 6.
      values = (0..<count).map { Double(Float(Double($0 - count / 2) * 0.01 + 0.005)) }
        .shuffled(using: &generator)
    case .positive: values = (0..<count).map { _ in abs(normal()) + 0.5 }
    case .distant: values = (0..<count).map { _ in Double(Float(30 + 0.3 * normal())) }
    case .labels(let bound):
      values = (0..<count).map { _ in Double(Int.random(in: 0..<bound, using: &generator)) }
    case .probabilities:
      let classes = input.shape[input.shape.count - 1]
      values = (0..<count / classes).flatMap { _ -> [Double] in
        let row = (0..<classes).map { _ in Double.random(in: 0.1..<1, using: &generator) }
        let sum = row.reduce(0, +)
        return row.map { Double(Float($0 / sum)) }
      }
    }
    return ReferenceArray(input.shape, values)
  }

  /// Puts values where the case wants them: inside the whole if a slice, else between guards.
  static func place(
    _ input: OperatorCase.Input, _ values: [Float], on device: any Device
  ) throws -> (all: Tensor, view: Tensor) {
    let guards = 32
    let wholeShape = input.whole?.shape ?? input.shape
    let count = wholeShape.product
    let all = Tensor(
      storage: try device.allocate(byteCount: (count + 2 * guards) * MemoryLayout<Float>.stride),
      shape: [count + 2 * guards])
    let whole = Tensor(storage: all.storage, offset: guards, shape: wholeShape)
    let view = input.whole.map { whole.slice(from: $0.start, sizes: input.shape) } ?? whole
    var numbers = [Float](repeating: sentinel, count: all.count)
    for (position, value) in zip(positions(view), values) { numbers[position] = value }
    try device.write(numbers, to: all)
    return (all, view)
  }

  /// Where each element of a view lies in its storage.
  static func positions(_ view: Tensor) -> [Int] {
    var positions = [view.offset]
    for (size, stride) in zip(view.shape, view.strides) {
      positions = positions.flatMap { base in (0..<size).map { base + $0 * stride } }
    }
    return positions
  }

  func forward(_ subject: String) throws -> [Violation] {
    let reference = testCase.operator.reference(values)
    let result = try testCase.operator.forward(inputs)
    guard result.output.shape == reference.shape,
      result.output.shape == testCase.operator.outputShape(inputs.map(\.shape))
    else {
      return [Violation("output shape", of: subject, "\(result.output.shape)")]
    }
    let comparison = Comparison(
      try device.read(result.output), reference.values, tolerance: testCase.tolerance)
    return comparison.disagreement.map {
      [Violation("forward equals the double-precision reference", of: subject, $0)]
    } ?? []
  }

  /// The loss whose gradient is tested: the output's product with fixed random weights.
  private func weights(_ shape: Shape) -> [Double] {
    var generator = SeededGenerator(seed: 99)
    return (0..<shape.product).map { _ in
      Double(Float(Double.random(in: -1..<1, using: &generator)))
    }
  }

  /// Gradients of all inputs, written or added over the sentinel.
  private func backward(accumulate: Bool) throws -> [(all: [Float], view: Tensor)?] {
    let result = try testCase.operator.forward(inputs)
    let gradient = try device.tensor(
      weights(result.output.shape).map(Float.init), result.output.shape)
    let places = try testCase.inputs.map { input in
      input.needsGradient
        ? try OperatorTrial.place(
          input, [Float](repeating: OperatorTrial.sentinel, count: input.shape.product),
          on: device) : nil
    }
    try testCase.operator.backward(
      Backward(
        inputs: inputs, output: result.output, saved: result.saved, gradient: gradient,
        sinks: places.map { $0.map { GradientSink($0.view, accumulate: accumulate) } }))
    return try places.map { place in try place.map { (try device.read($0.all), $0.view) } }
  }

  func gradients(_ subject: String) throws -> [Violation] {
    var violations: [Violation] = []
    for accumulate in [false, true] {
      let results = try backward(accumulate: accumulate)
      for (index, result) in results.enumerated() {
        guard let result else { continue }
        let what = "\(accumulate ? "accumulated" : "written") gradient of input \(index)"
        let positions = OperatorTrial.positions(result.view)
        var outside = result.all
        for position in positions { outside[position] = OperatorTrial.sentinel }
        if outside.contains(where: { $0 != OperatorTrial.sentinel }) {
          violations.append(
            Violation("nothing outside the slice is written", of: subject, what))
        }
        let base = accumulate ? Double(OperatorTrial.sentinel) : 0
        let (chosen, expected) = finiteDifferences(input: index)
        let computed = chosen.map { Float(Double(result.all[positions[$0]]) - base) }
        if let disagreement = Comparison(computed, expected, tolerance: testCase.tolerance)
          .disagreement
        {
          violations.append(
            Violation("gradient equals finite differences", of: subject, "\(what) \(disagreement)"))
        }
      }
    }
    return violations
  }

  /// Central differences of the double-precision reference at up to 48 elements of an input.
  private func finiteDifferences(input: Int) -> (elements: [Int], slopes: [Double]) {
    var generator = SeededGenerator(seed: UInt64(input))
    let count = values[input].values.count
    let chosen =
      count <= 48 ? Array(0..<count) : Array((0..<count).shuffled(using: &generator).prefix(48))
    let weights = weights(testCase.operator.outputShape(values.map(\.shape)))
    let step = 1e-5
    func loss(_ element: Int, _ change: Double) -> Double {
      var changed = values
      changed[input].values[element] += change
      return zip(testCase.operator.reference(changed).values, weights).reduce(0) {
        $0 + $1.0 * $1.1
      }
    }
    return (chosen, chosen.map { (loss($0, step) - loss($0, -step)) / (2 * step) })
  }

  func repeats(_ subject: String) throws -> [Violation] {
    let first = try backward(accumulate: true), second = try backward(accumulate: true)
    let same = zip(first, second).allSatisfy {
      $0?.all.map(\.bitPattern) == $1?.all.map(\.bitPattern)
    }
    return same ? [] : [Violation("repeats bit for bit", of: subject, "two runs differ")]
  }
}
