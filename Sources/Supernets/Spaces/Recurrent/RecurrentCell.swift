import Operators

/// A recurrent cell over the steps of a sequence.
///
/// Its parameters are one matrix for each gate, so that a narrow cell's are the first columns of a
/// wide one's. A new cell is a line in `all`.
public struct RecurrentCell: Sendable {
  public let name: String
  /// Parts computed from the input alone, for all steps at once.
  let gates: [String]
  /// The state after a step, from the parts of that step and the state before.
  let advance: @Sendable (RecurrentStep) throws -> RecurrentState

  /// Every cell, in ascending order of cost.
  public static let all = [rnn, gru, lstm]
  public static let names = all.map(\.name)

  /// Hochreiter and Schmidhuber 1997, with a forget gate (Gers and others 2000).
  private static let lstm = RecurrentCell(
    name: "lstm", gates: ["input", "forget", "candidate", "output"]
  ) { step in
    let input = try step.gate(0, .sigmoid), forget = try step.gate(1, .sigmoid)
    let candidate = try step.gate(2, .tanh), output = try step.gate(3, .sigmoid)
    let pass = step.pass
    let memory = try pass.apply(
      Add(), try pass.apply(Multiply(), forget, step.state.memory),
      try pass.apply(Multiply(), input, candidate))
    return RecurrentState(
      output: try pass.apply(
        Multiply(), output, try pass.apply(ActivationFunction(.tanh), memory)),
      memory: memory)
  }

  /// Cho and others 2014, with the reset gate after the product.
  private static let gru = RecurrentCell(name: "gru", gates: ["reset", "update", "candidate"]) {
    step in
    let (pass, before) = (step.pass, step.state.output)
    let reset = try step.gate(0, .sigmoid), update = try step.gate(1, .sigmoid)
    let candidate = try pass.apply(
      ActivationFunction(.tanh),
      try pass.apply(
        Add(), step.parts[2], try pass.apply(Multiply(), reset, try step.recurrent(2))))
    let output = try pass.apply(Interpolate(), before, candidate, update)
    return RecurrentState(output: output, memory: output)
  }

  /// A chain of searched activations, each a highway over the one before, as a path of the
  /// recurrent cells of ENAS (Pham and others 2018) and DARTS: s + c*(f(sW) - s), c = sigmoid(sU).
  private static let rnn = RecurrentCell(name: "rnn", gates: ["carry", "candidate"]) { step in
    let pass = step.pass
    var state = try pass.apply(
      Interpolate(), try step.gate(1, step.activations[0]), step.state.output,
      try step.gate(0, .sigmoid))
    for (number, activation) in step.activations.enumerated().dropFirst() {
      func part(_ name: String, _ activation: Activation) throws -> Variable {
        try pass.apply(
          ActivationFunction(activation),
          try pass.linear("\(step.name).steps.\(number).\(name)", state, outputs: step.hidden))
      }
      let carry = try part("carry", .sigmoid)
      state = try pass.apply(Interpolate(), try part("candidate", activation), state, carry)
    }
    return RecurrentState(output: state, memory: state)
  }
}

/// What a cell hands on: its output [N,H], and what only it remembers.
struct RecurrentState {
  var output: Variable
  var memory: Variable
}

/// One step of a cell, about to be computed.
struct RecurrentStep {
  /// What the cell's parameters' names begin with.
  let name: String
  let gates: [String]
  /// What the input says to each gate.
  let parts: [Variable]
  let state: RecurrentState
  let hidden: Int
  /// Of a chain's steps.
  let activations: [Activation]
  let pass: NetworkPass

  /// What the state before says to a gate.
  func recurrent(_ gate: Int) throws -> Variable {
    try pass.linear("\(name).recurrent.\(gates[gate])", state.output, outputs: hidden)
  }

  func gate(_ gate: Int, _ activation: Activation) throws -> Variable {
    try pass.apply(
      ActivationFunction(activation), try pass.apply(Add(), parts[gate], try recurrent(gate)))
  }
}
