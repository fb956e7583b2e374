import Operators
import Search

/// A cell space's network whose edges hold mixtures of operations, over a supernet's parameters.
struct RelaxedNetwork {
  let space: CellSpace
  let supernet: Supernet

  /// The mixtures' weights on the device, one edge's after another's, and where their gradients go.
  struct Weights {
    let values: Tensor
    let gradients: Tensor
    /// Where each edge's begin, and the operations they belong to: all that were taken but `none`.
    let rows: [CellEdge.Place: (start: Int, operations: [Int])]

    func variable(_ start: Int, _ count: Int) -> Variable {
      Variable(
        parameter: values.slice(from: [start], sizes: [count]),
        gradient: gradients.slice(from: [start], sizes: [count]))
    }
  }

  func weights(
    _ mixtures: EdgeMixtures, of parameters: ArchitectureParameters
  ) throws -> Weights {
    var (values, rows) = ([Float](), [CellEdge.Place: (start: Int, operations: [Int])]())
    for (place, edge) in zip(parameters.places, mixtures.edges) {
      let taken = edge.operations.indices.filter { space.operations[edge.operations[$0]] != "none" }
      rows[place] = (values.count, taken.map { edge.operations[$0] })
      values += taken.map { Float(edge.weights[$0]) }
    }
    // No edge may have taken anything; tensors are never empty.
    if values.isEmpty { values = [0] }
    let gradients = try supernet.device.empty([values.count])
    try supernet.device.fill(gradients, with: 0)
    return Weights(
      values: try supernet.device.tensor(values, [values.count]), gradients: gradients, rows: rows)
  }

  /// The gradients of the mixtures' weights, in the order of each edge's operations; `none` adds
  /// nothing, so it has none.
  func gradients(
    _ weights: Weights, _ mixtures: EdgeMixtures, of parameters: ArchitectureParameters
  ) throws -> [[Double]] {
    let all = try supernet.device.read(weights.gradients)
    return zip(parameters.places, mixtures.edges).map { place, edge in
      guard let row = weights.rows[place] else { return edge.operations.map { _ in 0 } }
      return edge.operations.map { operation in
        row.operations.firstIndex(of: operation).map { Double(all[row.start + $0]) } ?? 0
      }
    }
  }

  /// The loss of each image [N], batch norm by the batch.
  ///
  /// - Parameter learnsParameters: whether the way back reaches the shared parameters.
  func losses(
    _ batch: LabelledImages, _ weights: Weights, learnsParameters: Bool, tape: Tape
  ) throws -> Variable {
    var x = Variable(batch.images)
    let side = space.resolution
    if batch.images.shape[1] != side || batch.images.shape[2] != side {
      x = try tape.apply(Resize(height: side, width: side), x)
    }
    let pass = NetworkPass(
      tape: tape, mode: .training(dropout: nil),
      parameters: RelaxedParameters(supernet, learns: learnsParameters))
    let logits = try space.logits(x, in: pass, hasEdge: { weights.rows[$0] != nil }) { edge in
      guard let row = weights.rows[edge.place] else { return nil }
      let values = try row.operations.compactMap { try apply(space.operation($0), to: edge) }
      // Operations on zeros give zeros, all of them.
      guard !values.isEmpty else { return nil }
      return try tape.apply(
        Mixture(), values + [weights.variable(row.start, row.operations.count)])
    }
    return try tape.apply(
      CrossEntropy(.labels(smoothing: 0)), logits, Variable(batch.labels))
  }

  /// What a mixture sums: pools are normalized as convolutions are, else the small numbers that they
  /// make gain from being weighed more, whatever they are good for (so does DARTS's own code).
  private func apply(_ operation: CellOperation, to edge: CellEdge) throws -> Variable? {
    let y = try edge.apply(operation)
    guard let y, operation.isPool else { return y }
    let channels = y.shape[3]
    let one = try edge.pass.constant([channels], 1, like: y)
    let zero = try edge.pass.constant([channels], 0, like: y)
    return try edge.pass.apply(
      BatchNorm(.batch(momentum: nil), activation: .identity), y, one, zero, zero, zero)
  }
}

/// A supernet's parameters as a relaxed network takes them.
///
/// The batch norms of cells keep their scale: a learnt one would undo the mixtures' weights (Liu,
/// Simonyan and Yang 2019, section 3.1).
private final class RelaxedParameters: ParameterSource {
  private let supernet: Supernet
  private let learns: Bool

  init(_ supernet: Supernet, learns: Bool) {
    self.supernet = supernet
    self.learns = learns
  }

  func parameter(_ name: String, _ role: ParameterRole, _ shape: Shape) throws -> Variable {
    let isOfNorm = role == .gamma || role == .lastGamma || role == .beta
    guard !learns || (isOfNorm && name.hasPrefix("cells.")) else {
      return supernet.parameter(name, role, shape)
    }
    return Variable(
      parameter: supernet.layout.slice(name, shape, of: supernet.parameters), gradient: nil)
  }
}
