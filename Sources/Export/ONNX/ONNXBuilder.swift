#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Datasets
import Operators
import Supernets

/// A traced network on its way to an ONNX graph; activations are [N,C,H,W] or [N,C] there.
public struct ONNXBuilder {
  static let input = "images", output = "logits"

  private(set) var graph = ONNXGraph()
  /// Whether a batch norm behind a convolution goes into the convolution's weights.
  let foldsBatchNorm: Bool
  private let trace: NetworkTrace
  /// What each step's output is called.
  private var results: [String] = []
  private var images = Self.input
  /// The layer that nodes are named after.
  private var layer = "input"
  private var uses: [String: Int] = [:]
  private var stored: Set<String> = []

  /// The graph of a trace, from pixels of 0 to 255 to logits; throws where an operator has no form
  /// in ONNX.
  static func build(
    _ trace: NetworkTrace, normalization: PixelStatistics, foldsBatchNorm: Bool
  ) throws -> ONNXGraph {
    var builder = ONNXBuilder(trace: trace, foldsBatchNorm: foldsBatchNorm)
    builder.normalize(normalization)
    for (index, step) in trace.steps.enumerated() {
      guard let operation = step.operator as? any PortableOperator else {
        throw ConfigurationError("\(type(of: step.operator)): has no form in ONNX")
      }
      if let name = step.inputs.lazy.compactMap({ trace.leaf($0)?.name }).first {
        builder.layer = PyTorchLayout.layer(of: name)
      }
      let result = operation.onnx(step, &builder)
      builder.results.append(
        index + 1 < trace.steps.count ? result : builder.renamed(result, Self.output))
    }
    return builder.graph
  }

  private init(trace: NetworkTrace, foldsBatchNorm: Bool) {
    self.trace = trace
    self.foldsBatchNorm = foldsBatchNorm
  }

  /// (pixel - 255 mean) / (255 deviation), by channel.
  private mutating func normalize(_ statistics: PixelStatistics) {
    let channels = statistics.mean.count
    func scaled(_ values: [Float]) -> [Float] { values.map { Float(255 * Double($0)) } }
    let mean = tensor("input.mean", [1, channels, 1, 1], scaled(statistics.mean))
    let deviation = tensor(
      "input.std", [1, channels, 1, 1], scaled(statistics.standardDeviation))
    images = node("Div", [node("Sub", [images, mean]), deviation])
  }

  /// A node's output under another name: nodes are named when they are added.
  private mutating func renamed(_ name: String, _ new: String) -> String {
    let last = graph.node.count - 1
    guard last >= 0, graph.node[last].output == [name] else {
      return node("Identity", [name], as: new)
    }
    graph.node[last].output = [new]
    return new
  }

  /// Adds a node; its output's name.
  public mutating func node(
    _ kind: String, _ inputs: [String], _ attributes: [ONNXNodeAttribute] = [],
    as output: String? = nil
  ) -> String {
    let name = "\(layer)/\(kind)"
    let count = uses[name, default: 0]
    uses[name] = count + 1
    var node = ONNXNode()
    node.name = count == 0 ? name : "\(name)_\(count)"
    node.opType = kind
    node.input = inputs
    node.output = [output ?? node.name]
    node.attribute = attributes.map(\.message)
    graph.node.append(node)
    return node.output[0]
  }

  /// Keeps numbers under a name, once; that name.
  public mutating func tensor(_ name: String, _ shape: [Int], _ values: [Float]) -> String {
    if stored.insert(name).inserted {
      graph.initializer.append(ONNXTensor(name, shape, values))
    }
    return name
  }

  /// Keeps integers under a name that says them, once.
  public mutating func integers(_ values: [Int]) -> String {
    let name = "integers." + values.map(String.init).joined(separator: ".")
    if stored.insert(name).inserted { graph.initializer.append(ONNXTensor(name, integers: values)) }
    return name
  }

  /// An activation that a step reads; constants are made as large as the batch.
  public mutating func data(_ operand: NetworkTrace.Operand) -> String {
    switch operand {
    case .images: return images
    case .step(let index): return results[index]
    case .leaf(let index):
      let leaf = trace.leaves[index]
      let value = leaf.values.first ?? 0
      precondition(
        leaf.shape[0] == 1 && leaf.values.allSatisfy { $0 == value }, "an activation of \(leaf)")
      let count = node("Shape", [Self.input], [.int("start", 0), .int("end", 1)])
      let rest = leaf.shape.count == 4 ? [3, 1, 2].map { leaf.shape[$0] } : Array(leaf.shape[1...])
      let shape = node("Concat", [count, integers(rest)], [.int("axis", 0)])
      return node("ConstantOfShape", [shape], [.tensor("value", ONNXTensor("", [1], [value]))])
    }
  }

  /// A leaf's numbers as they are.
  public func values(_ operand: NetworkTrace.Operand) -> NetworkTrace.Leaf {
    guard let leaf = trace.leaf(operand) else { preconditionFailure("a parameter is computed") }
    return leaf
  }

  /// A parameter as PyTorch lays it out, under its name.
  public mutating func parameter(
    _ operand: NetworkTrace.Operand, as role: ParameterRole
  ) -> String {
    let leaf = values(operand)
    let name: String
    if let given = leaf.name {
      name = given
    } else if case .leaf(let index) = operand {
      name = "constant.\(index)"
    } else {
      preconditionFailure("a parameter is computed")
    }
    return tensor(
      name, PyTorchLayout.shape(leaf.shape, role),
      PyTorchLayout.exported(leaf.values, leaf.shape, role))
  }

  /// An activation function of a value; its name.
  public mutating func activation(_ x: String, _ activation: Activation) -> String {
    switch activation {
    case .identity: return x
    case .relu: return node("Relu", [x])
    case .relu6:
      return node("Clip", [x, tensor("number.0", [], [0]), tensor("number.6", [], [6])])
    case .hardSwish: return node("HardSwish", [x])
    case .swish: return node("Mul", [x, node("Sigmoid", [x])])
    case .sigmoid: return node("Sigmoid", [x])
    case .hardSigmoid:
      return node("HardSigmoid", [x], [.float("alpha", 1 / 6), .float("beta", 0.5)])
    case .tanh: return node("Tanh", [x])
    }
  }
}

extension NetworkTrace {
  func leaf(_ operand: Operand) -> Leaf? {
    if case .leaf(let index) = operand { return leaves[index] }
    return nil
  }
}

extension ONNXTensor {
  init(_ name: String, _ shape: [Int], _ values: [Float]) {
    precondition(values.count == shape.reduce(1, *), "\(name): \(values.count) for \(shape)")
    self.init()
    (self.name, dims, dataType) = (name, shape.map(Int64.init), ONNXTensor.float)
    rawData = values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
  }

  init(_ name: String, integers: [Int]) {
    self.init()
    (self.name, dims, dataType) = (name, [Int64(integers.count)], ONNXTensor.int64)
    rawData = integers.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) }
  }

  package static let float: Int32 = 1
  package static let int64: Int32 = 7
}
