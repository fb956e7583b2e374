/// The sum of two activations of one shape: a residual connection.
///
/// Of halves it is stored as halves.
public struct Add: FusedOperator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape {
    precondition(inputs.count == 2 && inputs[0] == inputs[1], "add \(inputs)")
    return inputs[0]
  }

  public var outputActivation: Activation? { nil }

  public func forward(_ inputs: [Variable]) throws -> FusedForward {
    var (a, b) = (inputs[0].reading, inputs[1].reading)
    if a.x.element != b.x.element {
      (a, b) = (.asIs(try a.materialized()), .asIs(try b.materialized()))
    }
    let device = a.x.device
    let y = try device.empty(outputShape([a.shape, b.shape]), of: a.x.element)
    let channels = y.shape[y.shape.count - 1]
    let rows = y.count / channels
    let tile = device.tile
    try device.launch(
      Kernel("reading", "add_readings", on: y.element),
      items: tile.streamItems(rows: rows, columns: channels),
      a.inputArguments(), [a.viewArgument], b.inputArguments(), [b.viewArgument],
      [
        .tensor(y), .int(rows), .int(channels), .int(tile.rowChunk(columns: channels)),
        .int(tile.columnSpan(columns: channels)),
      ])
    return FusedForward(y, summands: inputs)
  }

  public func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws {
    guard let gradient = output.gradient else { return }
    for input in inputs { try input.contribute(gradient, sums: output.sums(of: input)) }
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    ReferenceArray(inputs[0].shape, zip(inputs[0].values, inputs[1].values).map(+))
  }

  public static var cases: [OperatorCase] {
    [
      .init("odd", Self(), [.activation(2, 3, 5, 7), .activation(2, 3, 5, 7)]),
      .init("one element", Self(), [.activation(1, 1, 1, 1), .activation(1, 1, 1, 1)]),
    ]
  }
}
