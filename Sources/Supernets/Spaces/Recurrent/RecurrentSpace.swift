import Operators
import Search

/// Recurrent networks that read an image row by row and classify by their last state.
public struct RecurrentSpace: NetworkSpace {
  public let name: String
  public let channels: Int
  public let classes: Int
  /// Rows of an image: the steps of a sequence.
  public let resolution: Int
  /// Names of `RecurrentCell.all`, in its order.
  public let cells: [String]
  public let hidden: [Int]
  public let layers: [Int]
  /// Steps of an `rnn` cell, and what each may be.
  public let steps: [Int]
  public let activations: [Activation]
  public let searchSpace: SearchSpace

  public init(
    name: String, channels: Int, classes: Int, resolution: Int, cells: [String], hidden: [Int],
    layers: [Int], steps: [Int], activations: [Activation]
  ) throws {
    self.name = name
    self.channels = channels
    self.classes = classes
    self.resolution = resolution
    self.cells = cells
    self.hidden = hidden
    self.layers = layers
    self.steps = steps
    self.activations = activations
    var dimensions = [
      Dimension("cell", options: cells), Dimension("layers", layers), Dimension("hidden", hidden),
    ]
    if let chain = cells.firstIndex(of: "rnn"), let most = steps.last {
      let isChain = Condition("cell", isAmong: [chain])
      dimensions.append(Dimension("rnn.steps", steps, condition: isChain))
      dimensions += (1...most).map { number in
        Dimension(
          "rnn.step\(number).activation", options: activations.map(\.name),
          condition: Condition(
            "rnn.steps", isAmong: steps.indices.filter { steps[$0] >= number }))
      }
    }
    searchSpace = try SearchSpace(dimensions)
  }

  public func resolution(of architecture: Architecture) -> Int { resolution }

  public func logits(
    _ architecture: Architecture, _ images: Variable, in pass: NetworkPass
  ) throws -> Variable {
    let name = chosen("cell", from: cells, in: architecture) ?? ""
    guard let cell = RecurrentCell.all.first(where: { $0.name == name }) else {
      preconditionFailure("no recurrent cell \(name)")
    }
    let width = chosen("hidden", from: hidden, in: architecture) ?? 1
    let chain = (0..<(chosen("rnn.steps", from: steps, in: architecture) ?? 0)).compactMap {
      chosen("rnn.step\($0 + 1).activation", from: activations, in: architecture)
    }
    var sequence = try pass.apply(
      Reshape([images.shape[0], images.shape[1] * images.shape[2] * images.shape[3]]), images)
    let depth = chosen("layers", from: layers, in: architecture) ?? 1
    var outputs: [Variable] = []
    for layer in 0..<depth {
      outputs = try run(
        cell, "layers.\(layer).\(name)", over: sequence, hidden: width, chain, in: pass)
      // Only another layer reads what comes before the end.
      if layer + 1 < depth { sequence = try pass.tape.apply(Concatenate(), outputs) }
    }
    let last = try pass.dropout(outputs[outputs.count - 1])
    return try pass.linear("classifier", last, outputs: classes)
  }

  /// The outputs [N,hidden] of every step over a sequence [N,steps*features].
  private func run(
    _ cell: RecurrentCell, _ name: String, over sequence: Variable, hidden: Int,
    _ activations: [Activation], in pass: NetworkPass
  ) throws -> [Variable] {
    let (count, steps) = (sequence.shape[0], resolution)
    let rows = try pass.apply(
      Reshape([count * steps, sequence.shape[1] / steps]), sequence)
    let parts = try cell.gates.map { gate in
      try pass.apply(
        Reshape([count, steps * hidden]),
        try pass.linear("\(name).input.\(gate)", rows, outputs: hidden))
    }
    let nothing = try pass.constant([count, hidden], 0, like: sequence)
    var state = RecurrentState(output: nothing, memory: nothing)
    return try (0..<steps).map { step in
      state = try cell.advance(
        RecurrentStep(
          name: name, gates: cell.gates,
          parts: try parts.map {
            try pass.apply(Columns(step * hidden..<(step + 1) * hidden), $0)
          }, state: state, hidden: hidden, activations: activations, pass: pass))
      return state.output
    }
  }
}
