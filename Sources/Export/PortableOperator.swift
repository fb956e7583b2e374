import Operators
import Supernets

/// An operator of networks as deployment's formats say it: ONNX nodes, a line of PyTorch.
///
/// Activations are [N,H,W,C] with us and [N,C,H,W] there.
public protocol PortableOperator: Operator {
  /// Adds nodes that compute a step; their output's name.
  func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String
  /// An expression that computes a step, of layers that the module is asked to hold.
  func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String
}

extension Convolution: PortableOperator {
  func attributes(kernel: [Int]) -> [ONNXNodeAttribute] {
    [
      .ints("kernel_shape", kernel), .ints("strides", [stride, stride]),
      .ints("pads", [Int](repeating: padding, count: 4)),
      .ints("dilations", [dilation, dilation]), .int("group", groups),
    ]
  }

  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    let (x, w) = (graph.data(step.inputs[0]), graph.parameter(step.inputs[1], as: .convolution))
    return graph.node("Conv", [x, w], attributes(kernel: Array(step.inputShapes[1][..<2])))
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    let x = module.data(step.inputs[0])
    guard let name = module.values(step.inputs[1]).name else {
      return "F.conv2d(\(x), \(module.constant(step.inputs[1])), stride=\(stride), "
        + "padding=\(padding), dilation=\(dilation), groups=\(groups))"
    }
    let w = step.inputShapes[1]
    return module.layer(
      of: name,
      "nn.Conv2d(\(w[2] * groups), \(w[3]), (\(w[0]), \(w[1])), stride=\(stride), "
        + "padding=\(padding), dilation=\(dilation), groups=\(groups), bias=False)", x)
  }
}

extension BatchNorm: PortableOperator {
  /// Gamma, beta, running mean and variance, by name.
  private func parameters(
    _ operands: [NetworkTrace.Operand], _ graph: inout ONNXBuilder
  ) -> [String] {
    let layer = PyTorchLayout.module(of: graph.values(operands[0]).name ?? "")
    let names = ["weight", "bias", "running_mean", "running_var"]
    return zip(names, operands).map { name, operand in
      let leaf = graph.values(operand)
      return graph.tensor("\(layer).\(name)", Array(leaf.shape), leaf.values)
    }
  }

  /// The node by itself, and the activation.
  func onnx(
    _ x: String, _ operands: [NetworkTrace.Operand], _ graph: inout ONNXBuilder
  ) -> String {
    let inputs = [x] + parameters(operands, &graph)
    let y = graph.node("BatchNormalization", inputs, [.float("epsilon", epsilon)])
    return graph.activation(y, activation)
  }

  func pytorch(
    _ x: String, _ operands: [NetworkTrace.Operand], _ module: inout PyTorchModule
  ) -> String {
    let gamma = module.values(operands[0])
    let y = module.layer(
      of: gamma.name ?? "", "nn.BatchNorm2d(\(gamma.shape[0]), eps=\(epsilon))", x)
    return module.activation(y, activation)
  }

  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    onnx(graph.data(step.inputs[0]), Array(step.inputs[1...]), &graph)
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    pytorch(module.data(step.inputs[0]), Array(step.inputs[1...]), &module)
  }
}

extension NormalizedConvolution: PortableOperator {
  /// The convolution alone, the batch norm's operands, the residual where there is one.
  private func parts(
    _ step: NetworkTrace.Step
  ) -> (NetworkTrace.Step, [NetworkTrace.Operand], residual: NetworkTrace.Operand?) {
    var first = step
    (first.inputs, first.inputShapes) = (Array(step.inputs[..<2]), Array(step.inputShapes[..<2]))
    return (first, Array(step.inputs[2..<6]), step.inputs.count > 6 ? step.inputs[6] : nil)
  }

  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    let (first, operands, residual) = parts(step)
    var y: String
    if graph.foldsBatchNorm {
      y = graph.activation(folded(first, operands, &graph), norm.activation)
    } else {
      y = norm.onnx(convolution.onnx(first, &graph), operands, &graph)
    }
    if let residual { y = graph.node("Add", [y, graph.data(residual)]) }
    return y
  }

  /// One convolution with a bias: w gamma / deviation, beta - mean gamma / deviation.
  private func folded(
    _ step: NetworkTrace.Step, _ operands: [NetworkTrace.Operand], _ graph: inout ONNXBuilder
  ) -> String {
    let weight = graph.values(step.inputs[1])
    let numbers = operands.map { graph.values($0).values.map(Double.init) }
    let (gamma, beta, mean, variance) = (numbers[0], numbers[1], numbers[2], numbers[3])
    let scale = zip(gamma, variance).map { $0 / ($1 + Double(norm.epsilon)).squareRoot() }
    let shape = PyTorchLayout.shape(weight.shape, .convolution)
    let size = shape[1...].reduce(1, *)
    let values = PyTorchLayout.exported(weight.values, weight.shape, .convolution)
    let name = weight.name ?? ""
    let inputs = [
      graph.data(step.inputs[0]),
      graph.tensor(
        name, shape, values.enumerated().map { Float(Double($1) * scale[$0 / size]) }),
      graph.tensor(
        PyTorchLayout.module(of: name) + ".bias", [shape[0]],
        scale.indices.map { Float(beta[$0] - mean[$0] * scale[$0]) }),
    ]
    return graph.node(
      "Conv", inputs, convolution.attributes(kernel: Array(weight.shape[..<2])))
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    let (first, operands, residual) = parts(step)
    let y = norm.pytorch(convolution.pytorch(first, &module), operands, &module)
    return residual.map { "\(y) + \(module.data($0))" } ?? y
  }
}

extension Linear: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    let inputs = [
      graph.data(step.inputs[0]), graph.parameter(step.inputs[1], as: .linear),
      graph.parameter(step.inputs[2], as: .bias),
    ]
    return graph.node("Gemm", inputs, [.int("transB", 1)])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    let w = step.inputShapes[1]
    return module.layer(
      of: module.values(step.inputs[1]).name ?? "", "nn.Linear(\(w[0]), \(w[1]))",
      module.data(step.inputs[0]))
  }
}

extension ActivationFunction: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    graph.activation(graph.data(step.inputs[0]), activation)
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    module.activation(module.data(step.inputs[0]), activation)
  }
}

extension ChannelScale: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    let (x, scale) = (graph.data(step.inputs[0]), graph.data(step.inputs[1]))
    return graph.node("Mul", [x, graph.node("Unsqueeze", [scale, graph.integers([2, 3])])])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    "\(module.data(step.inputs[0])) * \(module.data(step.inputs[1]))[:, :, None, None]"
  }
}
