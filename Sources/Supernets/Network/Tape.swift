import Operators

/// A value on its way through a network, and where its gradient goes.
public final class Variable {
  public let value: Tensor
  public fileprivate(set) var gradient: Tensor?
  let requiresGradient: Bool
  /// Parameters gather their gradient in place, in the shared block.
  private let isParameter: Bool

  /// Data: no gradient is wanted.
  public init(_ value: Tensor) {
    self.value = value
    requiresGradient = false
    isParameter = false
  }

  /// A parameter, or a slice of one; without a gradient slice it is frozen.
  public init(parameter value: Tensor, gradient: Tensor?) {
    self.value = value
    self.gradient = gradient
    requiresGradient = gradient != nil
    isParameter = true
  }

  fileprivate init(computed value: Tensor, requiresGradient: Bool) {
    self.value = value
    self.requiresGradient = requiresGradient
    isParameter = false
  }

  /// Where the next gradient contribution goes: the first is written, later ones are added.
  fileprivate func sink() throws -> GradientSink? {
    guard requiresGradient else { return nil }
    if let gradient { return GradientSink(gradient, accumulate: true) }
    let fresh = try value.device.empty(value.shape)
    gradient = fresh
    return GradientSink(fresh, accumulate: false)
  }
}

/// Applies operators and, if it records, remembers them for the way back.
///
/// Memory follows from ownership: without recording, an activation is freed when its last reader
/// has run; with it, when its operator's backward pass has.
public final class Tape {
  private struct Record {
    let `operator`: any Operator
    let inputs: [Variable]
    let output: Variable
    let saved: [Tensor]
  }

  private var records: [Record] = []
  private let isRecording: Bool
  /// Multiply-adds of all that was applied.
  public private(set) var multiplyAdds = 0

  public init(recording: Bool) { isRecording = recording }

  public func apply(_ operator: any Operator, _ inputs: Variable...) throws -> Variable {
    try apply(`operator`, inputs)
  }

  public func apply(_ operator: any Operator, _ inputs: [Variable]) throws -> Variable {
    let tensors = inputs.map(\.value)
    multiplyAdds += `operator`.multiplyAdds(tensors.map(\.shape))
    let result = try `operator`.forward(tensors)
    let records = isRecording && inputs.contains { $0.requiresGradient }
    let output = Variable(computed: result.output, requiresGradient: records)
    if records {
      self.records.append(
        Record(operator: `operator`, inputs: inputs, output: output, saved: result.saved))
    }
    return output
  }

  /// Adds to every parameter's gradient that of sum(gradient * output); forgets the records.
  public func backward(from output: Variable, gradient: Tensor) throws {
    precondition(gradient.shape == output.value.shape, "gradient \(gradient.shape)")
    output.gradient = gradient
    while let record = records.popLast() {
      guard let gradient = record.output.gradient else { continue }
      try record.operator.backward(
        Backward(
          inputs: record.inputs.map(\.value), output: record.output.value, saved: record.saved,
          gradient: gradient, sinks: try record.inputs.map { try $0.sink() }))
      record.output.gradient = nil
    }
  }
}
