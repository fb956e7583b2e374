/// The sum of two activations of one shape: a residual connection.
public struct Add: Operator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape {
    precondition(inputs.count == 2 && inputs[0] == inputs[1], "add \(inputs)")
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let (a, b) = (inputs[0], inputs[1])
    let y = try a.device.empty(outputShape([a.shape, b.shape]))
    try a.device.launchElementwise(
      Kernel("elementwise", "add"), count: y.count, [.tensor(a), .tensor(b), .tensor(y)])
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    let g = pass.gradient
    for case let sink? in pass.sinks {
      try g.device.launchElementwise(
        Kernel("elementwise", "accumulate"), count: g.count, [.tensor(g), .tensor(sink.tensor)],
        [.flag(sink.accumulate)])
    }
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    ReferenceArray(inputs[0].shape, zip(inputs[0].values, inputs[1].values).map(+))
  }

  public static var cases: [OperatorCase] {
    [
      .init("odd", Self(), [.activation(2, 3, 5, 7), .activation(2, 3, 5, 7)]),
      .init("one element", Self(), [.activation(1, 1, 1, 1), .activation(1, 1, 1, 1)]),
    ]
  }
}
