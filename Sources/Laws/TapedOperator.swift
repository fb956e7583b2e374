import Operators

/// Operators applied on a tape, as a network applies them, tried as if they were one.
protocol TapedOperator: Operator {
  func value(_ inputs: [Variable], on tape: Tape) throws -> Variable
}

extension TapedOperator {
  func forward(_ inputs: [Tensor]) throws -> Forward {
    Forward(try value(inputs.map { Variable($0) }, on: Tape(recording: false)).activations())
  }

  func backward(_ pass: Backward) throws {
    let tape = Tape(recording: true)
    for sink in pass.sinks.compactMap({ $0 }) where !sink.accumulate {
      try clear(sink.tensor)
    }
    let inputs = zip(pass.inputs, pass.sinks).map {
      Variable(parameter: $0, gradient: $1?.tensor)
    }
    try tape.backward(from: try value(inputs, on: tape), gradient: pass.gradient)
  }

  private func clear(_ tensor: Tensor) throws {
    let zeros = [Float](repeating: 0, count: tensor.count)
    let source = try tensor.device.tensor(zeros, tensor.shape)
    let columns = tensor.shape[tensor.shape.count - 1]
    func rows(_ tensor: Tensor) -> Tensor { tensor.reshaped([tensor.count / columns, columns]) }
    try tensor.device.copyRows(from: rows(source), to: rows(tensor))
  }
}
