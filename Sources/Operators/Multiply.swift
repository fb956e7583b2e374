/// The product of two activations of one shape, element by element: a gate.
public struct Multiply: Operator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape {
    precondition(inputs.count == 2 && inputs[0] == inputs[1], "multiply \(inputs)")
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let y = try inputs[0].device.empty(outputShape(inputs.map(\.shape)))
    try y.device.multiply(
      inputs[0], by: inputs[1], into: GradientSink(y, accumulate: false))
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    for (sink, other) in zip(pass.sinks, pass.inputs.reversed()) {
      guard let sink else { continue }
      try other.device.multiply(pass.gradient, by: other, into: sink)
    }
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    ReferenceArray(inputs[0].shape, zip(inputs[0].values, inputs[1].values).map(*))
  }

  public static var cases: [OperatorCase] {
    [
      .init("odd", Self(), [.activation(2, 3, 5, 7), .activation(2, 3, 5, 7)]),
      .init("one element", Self(), [.activation(1, 1), .activation(1, 1)]),
    ]
  }
}

extension Device {
  /// out (+)= g * (a - b), element by element; without an a, one stands for it.
  func multiply(
    _ g: Tensor, by a: Tensor?, less b: Tensor? = nil, into sink: GradientSink
  ) throws {
    try launchElementwise(
      Kernel("elementwise", "product"), count: g.count,
      [
        .tensor(g), .tensor(a), .tensor(b), .tensor(sink.tensor),
      ], [.flag(sink.accumulate)])
  }
}
