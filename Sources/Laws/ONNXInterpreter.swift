import Export
import Operators

/// Evaluates an ONNX graph as its specification says, by plain loops in double precision: what
/// exports are held against where no other runtime is at hand.
///
/// Source: https://onnx.ai/onnx/operators/, operator set 18.
struct ONNXInterpreter {
  struct Values {
    var shape: [Int]
    var values: [Double]
  }

  /// What does not conform: one line.
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  private var values: [String: Values] = [:]

  /// The graph's only output for its only input.
  static func run(_ graph: ONNXGraph, _ input: Values) throws -> Values {
    var interpreter = ONNXInterpreter()
    for tensor in graph.initializer {
      try interpreter.store(try array(tensor), as: tensor.name)
    }
    guard graph.input.count == 1, graph.output.count == 1 else {
      throw Fault(description: "\(graph.input.count) inputs, \(graph.output.count) outputs")
    }
    try interpreter.store(input, as: graph.input[0].name)
    for node in graph.node {
      do {
        let inputs = try node.input.map { $0.isEmpty ? nil : try interpreter.value($0) }
        let result = try ONNXInterpreter.evaluate(
          ONNXCall(inputs: inputs, node: node))
        try interpreter.store(result, as: node.output[0])
      } catch let fault as Fault {
        throw Fault(description: "\(node.name): \(fault)")
      }
    }
    return try interpreter.value(graph.output[0].name)
  }

  private func value(_ name: String) throws -> Values {
    guard let value = values[name] else { throw Fault(description: "`\(name)` is not there yet") }
    return value
  }

  private mutating func store(_ value: Values, as name: String) throws {
    guard values.updateValue(value, forKey: name) == nil else {
      throw Fault(description: "`\(name)` is there twice")
    }
    guard value.shape.reduce(1, *) == value.values.count else {
      throw Fault(description: "`\(name)` \(value.shape) of \(value.values.count) numbers")
    }
  }

  fileprivate static func array(_ tensor: ONNXTensor) throws -> Values {
    let shape = tensor.dims.map(Int.init)
    let bytes = [UInt8](tensor.rawData)
    func numbers<Bits: FixedWidthInteger>(_ type: Bits.Type) -> [Bits] {
      let size = Bits.bitWidth / 8
      return stride(from: 0, to: bytes.count, by: size).map { at in
        bytes[at..<at + size].reversed().reduce(0) { $0 << 8 | Bits($1) }
      }
    }
    switch tensor.dataType {
    case ONNXTensor.float:
      return Values(
        shape: shape, values: numbers(UInt32.self).map { Double(Float(bitPattern: $0)) })
    case ONNXTensor.int64:
      return Values(
        shape: shape, values: numbers(UInt64.self).map { Double(Int64(bitPattern: $0)) })
    default: throw Fault(description: "type \(tensor.dataType)")
    }
  }
}

/// A node about to be evaluated.
struct ONNXCall {
  var inputs: [ONNXInterpreter.Values?]
  var node: ONNXNode

  func input(_ index: Int) throws -> ONNXInterpreter.Values {
    guard index < inputs.count, let input = inputs[index] else {
      throw ONNXInterpreter.Fault(description: "no input \(index)")
    }
    return input
  }

  func integers(_ index: Int) throws -> [Int] { try input(index).values.map { Int($0) } }

  private func attribute(_ name: String, _ kind: ONNXAttribute.Kind) throws -> ONNXAttribute {
    guard let found = node.attribute.first(where: { $0.name == name }), found.type == kind else {
      throw ONNXInterpreter.Fault(description: "no attribute \(name) of kind \(kind)")
    }
    return found
  }

  func int(_ name: String) throws -> Int { Int(try attribute(name, .int).i) }
  func ints(_ name: String) throws -> [Int] { try attribute(name, .ints).ints.map(Int.init) }
  func float(_ name: String) throws -> Double { Double(try attribute(name, .float).f) }
  func string(_ name: String) throws -> String {
    String(decoding: try attribute(name, .string).s, as: UTF8.self)
  }
  func tensor(_ name: String) throws -> ONNXInterpreter.Values {
    try ONNXInterpreter.array(try attribute(name, .tensor).t)
  }
}

extension ONNXInterpreter {
  fileprivate static func evaluate(_ call: ONNXCall) throws -> Values {
    func map(_ function: (Double) throws -> Double) throws -> Values {
      let x = try call.input(0)
      return Values(shape: x.shape, values: try x.values.map(function))
    }
    func zip(_ function: (Double, Double) -> Double) throws -> Values {
      try broadcast(try call.input(0), try call.input(1), function)
    }
    switch call.node.opType {
    case "Add": return try zip(+)
    case "Sub": return try zip(-)
    case "Mul": return try zip(*)
    case "Div": return try zip(/)
    case "Identity": return try call.input(0)
    case "Relu": return try map { Activation.relu($0) }
    case "Sigmoid": return try map { Activation.sigmoid($0) }
    case "Tanh": return try map { Activation.tanh($0) }
    case "HardSwish": return try map { Activation.hardSwish($0) }
    case "HardSigmoid":
      let (alpha, beta) = (try call.float("alpha"), try call.float("beta"))
      return try map { max(0, min(1, alpha * $0 + beta)) }
    case "Clip":
      let (low, high) = (try call.input(1).values[0], try call.input(2).values[0])
      return try map { min(max($0, low), high) }
    case "Conv": return try convolution(call)
    case "BatchNormalization": return try batchNormalization(call)
    case "Gemm": return try product(call)
    case "MaxPool": return try pool(call) { values, _ in values.max() ?? 0 }
    case "AveragePool":
      let counts = try call.int("count_include_pad") == 1
      return try pool(call) { $0.reduce(0, +) / Double(counts ? $1 : $0.count) }
    case "GlobalAveragePool":
      let x = try call.input(0)
      let size = x.shape[2] * x.shape[3]
      return Values(
        shape: x.shape[..<2] + [1, 1],
        values: stride(from: 0, to: x.values.count, by: size).map {
          x.values[$0..<$0 + size].reduce(0, +) / Double(size)
        })
    case "Resize": return try resize(call)
    default: return try moved(call)
    }
  }

  /// What only moves numbers.
  private static func moved(_ call: ONNXCall) throws -> Values {
    switch call.node.opType {
    case "Flatten":
      let x = try call.input(0)
      return Values(shape: [x.shape[0], x.shape[1...].reduce(1, *)], values: x.values)
    case "Unsqueeze":
      let (x, axes) = (try call.input(0), try call.integers(1))
      return Values(
        shape: axes.sorted().reduce(into: x.shape) { $0.insert(1, at: $1) }, values: x.values)
    case "Reshape":
      let (x, sizes) = (try call.input(0), try call.integers(1))
      let known = sizes.filter { $0 > 0 }.reduce(1, *)
      return Values(shape: sizes.map { $0 == -1 ? x.values.count / known : $0 }, values: x.values)
    case "Transpose":
      let (x, axes) = (try call.input(0), try call.ints("perm"))
      return gathered(axes.map { x.shape[$0] }, from: x) { index in
        var source = index
        for (position, axis) in axes.enumerated() { source[axis] = index[position] }
        return source
      }
    case "Slice":
      let (x, first, end) = (try call.input(0), try call.integers(1)[0], try call.integers(2)[0])
      let axis = try call.integers(3)[0]
      var shape = x.shape
      shape[axis] = end - first
      return gathered(shape, from: x) { index in
        var source = index
        source[axis] += first
        return source
      }
    case "Concat":
      let (parts, axis) = (try call.inputs.indices.map { try call.input($0) }, try call.int("axis"))
      let outer = parts[0].shape[..<axis].reduce(1, *)
      var shape = parts[0].shape
      shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
      return Values(
        shape: shape,
        values: (0..<outer).flatMap { row in
          parts.flatMap { part in
            let size = part.values.count / outer
            return part.values[row * size..<(row + 1) * size]
          }
        })
    case "Shape":
      let part = try call.input(0).shape[try call.int("start")..<(try call.int("end"))]
      return Values(shape: [part.count], values: part.map { Double($0) })
    case "ConstantOfShape":
      let shape = try call.integers(0)
      let value = try call.tensor("value").values[0]
      return Values(
        shape: shape, values: .init(repeating: value, count: shape.reduce(1, *)))
    default: throw Fault(description: "operator \(call.node.opType) is not known here")
    }
  }

  /// Every element of a shape, taken from where `source` says.
  private static func gathered(
    _ shape: [Int], from x: Values, _ source: ([Int]) -> [Int]
  ) -> Values {
    var index = [Int](repeating: 0, count: shape.count)
    let strides = Shape(x.shape).denseStrides
    let values = (0..<shape.reduce(1, *)).map { number -> Double in
      var rest = number
      for axis in shape.indices.reversed() {
        index[axis] = rest % shape[axis]
        rest /= shape[axis]
      }
      return x.values[Swift.zip(source(index), strides).reduce(0) { $0 + $1.0 * $1.1 }]
    }
    return Values(shape: shape, values: values)
  }

  private static func broadcast(
    _ a: Values, _ b: Values, _ function: (Double, Double) -> Double
  ) throws -> Values {
    let rank = max(a.shape.count, b.shape.count)
    func padded(_ x: Values) -> Values {
      Values(
        shape: [Int](repeating: 1, count: rank - x.shape.count) + x.shape, values: x.values)
    }
    let (a, b) = (padded(a), padded(b))
    let shape = Swift.zip(a.shape, b.shape).map(max)
    guard
      Swift.zip(Swift.zip(a.shape, b.shape), shape).allSatisfy({
        ($0.0 == $1 || $0.0 == 1) && ($0.1 == $1 || $0.1 == 1)
      })
    else { throw Fault(description: "\(a.shape) beside \(b.shape)") }
    func spread(_ x: Values) -> Values {
      x.shape == shape
        ? x : gathered(shape, from: x) { Swift.zip($0, x.shape).map { $1 == 1 ? 0 : $0 } }
    }
    return Values(shape: shape, values: Swift.zip(spread(a).values, spread(b).values).map(function))
  }
}
