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
  private let note: ((any Operator, [Shape]) -> Void)?
  private let tap: ((any Operator, [Variable], Variable) throws -> Void)?

  /// - Parameters:
  ///   - recording: whether there will be a way back.
  ///   - note: told of everything that is applied.
  ///   - tap: given everything's inputs and result.
  public init(
    recording: Bool, note: ((any Operator, [Shape]) -> Void)? = nil,
    tap: ((any Operator, [Variable], Variable) throws -> Void)? = nil
  ) {
    isRecording = recording
    self.note = note
    self.tap = tap
  }

  public func apply(_ operator: any Operator, _ inputs: Variable...) throws -> Variable {
    try apply(`operator`, inputs)
  }

  public func apply(_ operator: any Operator, _ inputs: [Variable]) throws -> Variable {
    multiplyAdds += `operator`.multiplyAdds(inputs.map(\.shape))
    note?(`operator`, inputs.map(\.shape))
    let result: FusedForward
    if let fused = `operator`.fused {
      result = try fused.forward(inputs)
    } else {
      let plain = try `operator`.forward(try inputs.map { try $0.activations() })
      result = FusedForward(plain.output, saved: plain.saved)
    }
    let records = isRecording && inputs.contains { $0.requiresGradient }
    let output = Variable(
      computed: result.stored, result.normalization, requiresGradient: records,
      summands: records ? result.summands : [])
    if records {
      for input in inputs { input.readers += 1 }
      self.records.append(
        Record(operator: `operator`, inputs: inputs, output: output, saved: result.saved))
    }
    try tap?(`operator`, inputs, output)
    return output
  }

  /// Adds to every parameter's gradient that of sum(gradient * output); forgets the records.
  public func backward(from output: Variable, gradient: Tensor) throws {
    precondition(gradient.shape == output.shape, "gradient \(gradient.shape)")
    output.setGradient(gradient)
    while let record = records.popLast() {
      defer { for input in record.inputs { input.readers -= 1 } }
      guard let gradient = record.output.gradient else { continue }
      if let fused = record.operator.fused {
        try fused.backward(record.inputs, record.output, saved: record.saved)
      } else {
        try record.operator.backward(
          Backward(
            inputs: try record.inputs.map { try $0.activations() }, output: record.output.value,
            saved: record.saved, gradient: gradient, sinks: try record.inputs.map { try $0.sink() })
        )
      }
      record.output.forgetGradient()
    }
  }
}
