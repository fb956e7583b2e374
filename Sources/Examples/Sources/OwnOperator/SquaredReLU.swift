import Export

/// Squared ReLU (So and others 2021): max(x, 0)^2, element by element.
struct SquaredReLU: Operator {
  func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  func forward(_ inputs: [Tensor]) throws -> Forward {
    let x = inputs[0]
    let y = try x.device.empty(x.shape)
    try x.device.launchElementwise(
      Kernel("squared_relu", "squared_relu"), count: x.count, [.tensor(x), .tensor(y)])
    return Forward(y)
  }

  func backward(_ pass: Backward) throws {
    guard let sink = pass.sinks[0] else { return }
    let x = pass.inputs[0]
    try x.device.launchElementwise(
      Kernel("squared_relu", "squared_relu_gradient"), count: x.count,
      [.tensor(x), .tensor(pass.gradient), .tensor(sink.tensor)], [.flag(sink.accumulate)])
  }

  func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    ReferenceArray(inputs[0].shape, inputs[0].values.map { max($0, 0) * max($0, 0) })
  }

  static var cases: [OperatorCase] {
    [
      OperatorCase("odd", Self(), [.activation(2, 3, 5, 7)]),
      OperatorCase("one element", Self(), [.activation(1, 1)]),
    ]
  }
}

/// How it is handed over.
extension SquaredReLU: PortableOperator {
  func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    let positive = graph.activation(graph.data(step.inputs[0]), .relu)
    return graph.node("Mul", [positive, positive])
  }

  func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    "F.relu(\(module.data(step.inputs[0]))).square()"
  }
}
