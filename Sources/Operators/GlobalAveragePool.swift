/// The mean over all positions: [N,H,W,C] to [N,C].
public struct GlobalAveragePool: FusedOperator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape { [inputs[0][0], inputs[0][3]] }

  public var outputActivation: Activation? { nil }

  public func forward(_ inputs: [Variable]) throws -> FusedForward {
    let x = inputs[0].reading
    let device = x.x.device
    let y = try device.empty(outputShape([x.shape]))
    let (channels, span) = (x.shape[3], device.tile.stripSpan(columns: x.shape[3]))
    try device.launch(
      Kernel("squeeze_excitation", "global_average_pool", on: x.x.element),
      items: x.shape[0] * channels.dividedRoundingUp(by: span),
      x.inputArguments(),
      [
        x.viewArgument, .tensor(y), .int(x.shape[1] * x.shape[2]), .int(channels), .int(span),
      ])
    return FusedForward(y)
  }

  public func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws {
    guard let gradient = output.gradient, inputs[0].requiresGradient else { return }
    try inputs[0].storeGradient { dx, finish in
      let (device, channels) = (dx.device, dx.shape[3])
      let (tile, rows) = (device.tile, dx.count / channels)
      let (itemRows, span) = (
        tile.reductionRows(columns: channels), tile.columnSpan(columns: channels)
      )
      let splits = rows.dividedRoundingUp(by: itemRows)
      let items = splits * channels.dividedRoundingUp(by: span)
      let sums = try finish.sums(
        device, splits: splits, rowsPerSplit: itemRows, channels: channels)
      // Two rows of sums, and the gradient's.
      let perItem = 3 * span
      let scratch = try device.empty([device.scratchSlots(items: items), perItem])
      try device.launch(
        Kernel(
          "squeeze_excitation", "global_average_pool_gradient", on: inputs[0].stored.element),
        items: items,
        [
          .tensor(gradient), .tensor(dx), .int(rows), .int(dx.shape[1] * dx.shape[2]),
          .int(channels), .int(itemRows), .int(span), .tensor(scratch), .long(perItem),
        ],
        finish.arguments(), [.tensor(sums?.partial)])
      return sums
    }
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let x = inputs[0]
    var y = ReferenceArray(zeros: outputShape([x.shape]))
    for n in 0..<x.shape[0] {
      for c in 0..<x.shape[3] {
        var sum = 0.0
        for iy in 0..<x.shape[1] { for ix in 0..<x.shape[2] { sum += x[n, iy, ix, c] } }
        y[n, c] = sum / Double(x.shape[1] * x.shape[2])
      }
    }
    return y
  }

  public static var cases: [OperatorCase] {
    [
      .init("odd", Self(), [.activation(3, 4, 5, 21)]),
      .init("many channels", Self(), [.activation(2, 2, 3, 165)]),
      .init("one pixel", Self(), [.activation(1, 1, 1, 2)]),
    ]
  }
}
