import Operators
import Supernets

/// Operators without parameters: sums, products, pools, and what only moves numbers.

extension Add: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    graph.node("Add", step.inputs.map { graph.data($0) })
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    step.inputs.map { module.data($0) }.joined(separator: " + ")
  }
}

extension Multiply: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    graph.node("Mul", step.inputs.map { graph.data($0) })
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    step.inputs.map { module.data($0) }.joined(separator: " * ")
  }
}

extension Interpolate: PortableOperator {
  /// b + g (a - b).
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    let inputs = step.inputs.map { graph.data($0) }
    let (a, b, gate) = (inputs[0], inputs[1], inputs[2])
    return graph.node("Add", [b, graph.node("Mul", [gate, graph.node("Sub", [a, b])])])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    let inputs = step.inputs.map { module.data($0) }
    return "\(inputs[1]) + \(inputs[2]) * (\(inputs[0]) - \(inputs[1]))"
  }
}

extension Concatenate: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    graph.node("Concat", step.inputs.map { graph.data($0) }, [.int("axis", 1)])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    "torch.cat([\(step.inputs.map { module.data($0) }.joined(separator: ", "))], dim=1)"
  }
}

extension Columns: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    let x = graph.data(step.inputs[0])
    return graph.node(
      "Slice",
      [x, graph.integers([first]), graph.integers([first + count]), graph.integers([1])])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    "\(module.data(step.inputs[0]))[:, \(first):\(first + count)]"
  }
}

extension Reshape: PortableOperator {
  /// The numbers lie as ours before they are cut anew: channels last; the batch is what is left.
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    var x = graph.data(step.inputs[0])
    if step.inputShapes[0].count == 4 {
      x = graph.node("Transpose", [x], [.ints("perm", [0, 2, 3, 1])])
    }
    x = graph.node("Reshape", [x, graph.integers([-1] + shape[1...])])
    guard shape.count == 4 else { return x }
    return graph.node("Transpose", [x], [.ints("perm", [0, 3, 1, 2])])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    let x = module.data(step.inputs[0])
    let rows = step.inputShapes[0].count == 4 ? "\(x).permute(0, 2, 3, 1)" : x
    let sizes = ([-1] + shape[1...]).map(String.init).joined(separator: ", ")
    return "\(rows).reshape(\(sizes))" + (shape.count == 4 ? ".permute(0, 3, 1, 2)" : "")
  }
}

extension Resize: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    graph.node(
      "Resize", [graph.data(step.inputs[0]), "", "", graph.integers([height, width])],
      [
        .ints("axes", [2, 3]), .string("mode", "linear"),
        .string("coordinate_transformation_mode", "half_pixel"),
      ])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    "F.interpolate(\(module.data(step.inputs[0])), size=(\(height), \(width)), "
      + "mode=\"bilinear\", align_corners=False)"
  }
}

extension PoolingWindow {
  fileprivate var attributes: [ONNXNodeAttribute] {
    [
      .ints("kernel_shape", [size, size]), .ints("strides", [stride, stride]),
      .ints("pads", [Int](repeating: padding, count: 4)),
    ]
  }

  fileprivate var arguments: String { "\(size), stride=\(stride), padding=\(padding)" }
}

extension MaxPool: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    graph.node("MaxPool", [graph.data(step.inputs[0])], window.attributes)
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    "F.max_pool2d(\(module.data(step.inputs[0])), \(window.arguments))"
  }
}

extension AveragePool: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    graph.node(
      "AveragePool", [graph.data(step.inputs[0])],
      window.attributes + [.int("count_include_pad", countsPadding ? 1 : 0)])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    "F.avg_pool2d(\(module.data(step.inputs[0])), \(window.arguments), "
      + "count_include_pad=\(countsPadding ? "True" : "False"))"
  }
}

extension GlobalAveragePool: PortableOperator {
  public func onnx(_ step: NetworkTrace.Step, _ graph: inout ONNXBuilder) -> String {
    graph.node("Flatten", [graph.node("GlobalAveragePool", [graph.data(step.inputs[0])])])
  }

  public func pytorch(_ step: NetworkTrace.Step, _ module: inout PyTorchModule) -> String {
    "\(module.data(step.inputs[0])).mean((2, 3))"
  }
}
