import Operators
import Search

/// What an inference pass applied to what, in order: a network as data, for other formats.
///
/// It is what the pass itself did, for one image; so it cannot differ from the network.
public struct NetworkTrace {
  /// Where an operator's input comes from.
  public enum Operand: Sendable, Equatable {
    case images
    /// The output of the step of this number.
    case step(Int)
    /// One of `leaves`.
    case leaf(Int)
  }

  /// Numbers that nothing computes: a parameter, a statistic, a constant.
  public struct Leaf: Sendable {
    /// A parameter's; nil where the network did not ask for it by name.
    public var name: String?
    public var role: ParameterRole?
    public var shape: Shape
    public var values: [Float]
  }

  public struct Step: Sendable {
    public var `operator`: any Operator
    public var inputs: [Operand]
    public var inputShapes: [Shape]
    public var output: Shape
  }

  /// [1,H,W,channels].
  public private(set) var images: Shape
  public private(set) var steps: [Step] = []
  public private(set) var leaves: [Leaf] = []
}

extension Supernet {
  /// The inference pass of an architecture for images of a side, as it is computed.
  public func trace(
    _ architecture: Architecture, statistics: BatchNormStatistics, side: Int
  ) throws -> NetworkTrace {
    let images = Variable(
      try device.tensor(
        [Float](repeating: 0, count: side * side * space.channels), [1, side, side, space.channels])
    )
    let names = ParameterNames(of: self)
    let recorder = TraceRecorder(images: images, names: names)
    _ = try logits(
      architecture, images, mode: .inference(statistics),
      tape: Tape(recording: false, tap: recorder.note), parameters: names)
    return recorder.trace
  }
}

/// Remembers which of a supernet's parameters each variable is.
private final class ParameterNames: ParameterSource {
  private let supernet: Supernet
  private(set) var entries: [ObjectIdentifier: (name: String, role: ParameterRole)] = [:]
  /// Keeps the variables, so that no other takes the place of one.
  private var kept: [Variable] = []

  init(of supernet: Supernet) { self.supernet = supernet }

  func parameter(_ name: String, _ role: ParameterRole, _ shape: Shape) throws -> Variable {
    let variable = supernet.parameter(name, role, shape)
    entries[ObjectIdentifier(variable)] = (name, role)
    kept.append(variable)
    return variable
  }
}

private final class TraceRecorder {
  private(set) var trace: NetworkTrace
  private let names: ParameterNames
  private var operands: [ObjectIdentifier: NetworkTrace.Operand]
  private var parameters: [String: NetworkTrace.Operand] = [:]
  private var kept: [Variable]

  init(images: Variable, names: ParameterNames) {
    trace = NetworkTrace(images: images.shape)
    self.names = names
    operands = [ObjectIdentifier(images): .images]
    kept = [images]
  }

  func note(_ operation: any Operator, _ inputs: [Variable], _ output: Variable) throws {
    let step = NetworkTrace.Step(
      operator: operation, inputs: try inputs.map(operand), inputShapes: inputs.map(\.shape),
      output: output.shape)
    operands[ObjectIdentifier(output)] = .step(trace.add(step))
    kept.append(output)
  }

  private func operand(_ variable: Variable) throws -> NetworkTrace.Operand {
    if let known = operands[ObjectIdentifier(variable)] { return known }
    let parameter = names.entries[ObjectIdentifier(variable)]
    // Recurrent layers ask for theirs at every step.
    let operand =
      try parameter.flatMap { parameters[$0.name] }
      ?? .leaf(
        trace.add(
          NetworkTrace.Leaf(
            name: parameter?.name, role: parameter?.role, shape: variable.shape,
            values: try variable.device.read(variable.value))))
    if let parameter { parameters[parameter.name] = operand }
    operands[ObjectIdentifier(variable)] = operand
    kept.append(variable)
    return operand
  }
}

extension NetworkTrace {
  fileprivate init(images: Shape) { self.images = images }

  fileprivate mutating func add(_ step: Step) -> Int {
    steps.append(step)
    return steps.count - 1
  }

  fileprivate mutating func add(_ leaf: Leaf) -> Int {
    leaves.append(leaf)
    return leaves.count - 1
  }
}
