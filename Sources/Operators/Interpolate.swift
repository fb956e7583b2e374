/// Between two activations by a gate, all of one shape: g*a + (1 - g)*b.
///
/// How gated recurrent units (Cho and others 2014) and highway connections (Srivastava and others
/// 2015) move from b to a.
public struct Interpolate: Operator {
  public init() {}

  /// - Parameter inputs: a, b, g.
  public func outputShape(_ inputs: [Shape]) -> Shape {
    precondition(
      inputs.count == 3 && inputs.allSatisfy { $0 == inputs[0] }, "interpolate \(inputs)")
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let (a, b, g) = (inputs[0], inputs[1], inputs[2])
    let y = try a.device.empty(outputShape(inputs.map(\.shape)))
    try y.device.launchElementwise(
      Kernel("elementwise", "interpolate"), count: y.count,
      [.tensor(g), .tensor(a), .tensor(b), .tensor(y)])
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    let (a, b, g) = (pass.inputs[0], pass.inputs[1], pass.inputs[2])
    let device = g.device
    if let sink = pass.sinks[0] { try device.multiply(pass.gradient, by: g, into: sink) }
    if let sink = pass.sinks[1] { try device.multiply(pass.gradient, by: nil, less: g, into: sink) }
    if let sink = pass.sinks[2] { try device.multiply(pass.gradient, by: a, less: b, into: sink) }
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let (a, b, g) = (inputs[0].values, inputs[1].values, inputs[2].values)
    return ReferenceArray(
      inputs[0].shape, g.indices.map { g[$0] * a[$0] + (1 - g[$0]) * b[$0] })
  }

  public static var cases: [OperatorCase] {
    [
      .init("odd", Self(), [.activation(5, 21), .activation(5, 21), .activation(5, 21)]),
      .init("one element", Self(), [.activation(1, 1), .activation(1, 1), .activation(1, 1)]),
    ]
  }
}
