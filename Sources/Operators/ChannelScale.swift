/// Each channel of each image times a factor: x [N,H,W,C], s [N,C] to [N,H,W,C].
///
/// The last step of squeeze-and-excitation (Hu et al. 2018).
public struct ChannelScale: Operator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let (x, s) = (inputs[0], inputs[1])
    precondition(s == [x[0], x[3]], "channel scale of \(x) by \(s)")
    return x
  }

  private func scale(_ x: Tensor, by s: Tensor, into sink: GradientSink) throws {
    let (tile, positions) = (x.device.tile, x.shape[1] * x.shape[2])
    // Whole images, or, where an item should do little, a few of their positions.
    let chunk = tile.elementsPerItem <= tile.lanes ? min(4, positions) : positions
    try x.device.launch(
      Kernel("channel_scale", "channel_scale"),
      items: x.shape[0] * positions.dividedRoundingUp(by: chunk) * tile.vectors(x.shape[3]),
      [
        .tensor(x), .tensor(s), .tensor(sink.tensor), .int(positions), .int(x.shape[3]),
        .int(chunk), .flag(sink.accumulate),
      ])
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let y = try inputs[0].device.empty(outputShape(inputs.map(\.shape)))
    try scale(inputs[0], by: inputs[1], into: GradientSink(y, accumulate: false))
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    let x = pass.inputs[0]
    if let sink = pass.sinks[0] { try scale(pass.gradient, by: pass.inputs[1], into: sink) }
    if let sink = pass.sinks[1] {
      try x.device.launch(
        Kernel("channel_scale", "channel_scale_gradient"),
        items: x.shape[0] * x.device.tile.vectors(x.shape[3]),
        [
          .tensor(x), .tensor(pass.gradient), .tensor(sink.tensor), .int(x.shape[1] * x.shape[2]),
          .int(x.shape[3]), .flag(sink.accumulate),
        ])
    }
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let (x, s) = (inputs[0], inputs[1])
    let (image, channels) = (x.values.count / x.shape[0], x.shape[3])
    return ReferenceArray(
      x.shape,
      x.values.indices.map { x.values[$0] * s.values[$0 / image * channels + $0 % channels] })
  }

  public static var cases: [OperatorCase] {
    [
      .init("odd", Self(), [.activation(2, 3, 5, 19), .activation(2, 19)]),
      .init("one pixel", Self(), [.activation(1, 1, 1, 16), .activation(1, 16)]),
    ]
  }
}
