/// The sum of activations of one shape, each times its weight.
///
/// Inputs are K activations and their weights [K].
/// The mixed operation of a relaxed search (Liu, Simonyan and Yang 2019, equation 2), its softmax
/// aside; with one activation and the weight 1 it is the straight-through estimator of a sampled one
/// (Dong and Yang 2019, "Searching for a robust neural architecture in four GPU hours").
public struct Mixture: Operator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let parts = inputs.dropLast()
    precondition(
      !parts.isEmpty && parts.allSatisfy { $0 == parts[0] } && inputs.last == [parts.count],
      "mixture of \(inputs)")
    return parts[0]
  }

  private func add(
    _ x: Tensor, times weights: Tensor, _ k: Int, into sink: GradientSink
  ) throws {
    try x.device.launchElementwise(
      Kernel("mixture", "mixture_add"), count: x.count,
      [.tensor(x), .tensor(weights), .tensor(sink.tensor)], [.int(k), .flag(sink.accumulate)])
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let y = try inputs[0].device.empty(outputShape(inputs.map(\.shape)))
    for k in 0..<inputs.count - 1 {
      try add(
        inputs[k], times: inputs[inputs.count - 1], k, into: GradientSink(y, accumulate: k > 0))
    }
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    let count = pass.inputs.count - 1
    for k in 0..<count {
      guard let sink = pass.sinks[k] else { continue }
      try add(pass.gradient, times: pass.inputs[count], k, into: sink)
    }
    if let sink = pass.sinks[count] { try slopes(pass, into: sink) }
  }

  /// The gradients of the weights: products of activations and the output's gradient.
  private func slopes(_ pass: Backward, into sink: GradientSink) throws {
    let (gradient, columns) = (pass.gradient, pass.inputs.count - 1)
    let device = gradient.device
    let chunk = device.tile.reductionRows(columns: 1)
    let splits = gradient.count.dividedRoundingUp(by: chunk)
    let parts = try device.empty([splits, 1, 1, columns, device.tile.lanes])
    for k in 0..<columns {
      try device.launch(
        Kernel("mixture", "mixture_dot"), items: splits,
        [
          .tensor(pass.inputs[k]), .tensor(gradient), .tensor(parts), .long(gradient.count),
          .int(chunk), .int(k), .int(columns),
        ])
    }
    let sums = try device.empty([1, 1, columns, device.tile.lanes])
    try device.sumPartials(parts, into: GradientSink(sums, accumulate: false))
    try device.launch(
      Kernel("mixture", "mixture_slopes"), items: columns,
      [.tensor(sums), .tensor(sink.tensor), .flag(sink.accumulate)])
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let weights = inputs[inputs.count - 1].values
    var y = ReferenceArray(zeros: outputShape(inputs.map(\.shape)))
    for (x, weight) in zip(inputs, weights) {
      for i in y.values.indices { y.values[i] += weight * x.values[i] }
    }
    return y
  }

  public static var cases: [OperatorCase] {
    [
      .init(
        "three", Self(),
        [
          .activation(2, 3, 5, 7), .activation(2, 3, 5, 7), .activation(2, 3, 5, 7), .parameter(3),
        ]),
      .init(
        "two, in several parts", Self(),
        [
          .activation(1, 60, 61, 1), .activation(1, 60, 61, 1),
          .slice([2], of: [9], from: [3]),
        ]),
      .init("one", Self(), [.activation(1, 1, 1, 3), .parameter(1)]),
    ]
  }
}
