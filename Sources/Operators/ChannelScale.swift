/// Each channel of each image times a factor: x [N,H,W,C], s [N,C] to [N,H,W,C].
///
/// The last step of squeeze-and-excitation (Hu et al. 2018). Of halves it is stored as halves.
public struct ChannelScale: FusedOperator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let (x, s) = (inputs[0], inputs[1])
    precondition(s == [x[0], x[3]], "channel scale of \(x) by \(s)")
    return x
  }

  public var outputActivation: Activation? { nil }

  public func forward(_ inputs: [Variable]) throws -> FusedForward {
    let (x, s) = (inputs[0].reading, try inputs[1].activations())
    let (device, channels, positions) = (s.device, x.shape[3], x.shape[1] * x.shape[2])
    let y = try device.empty(outputShape([x.shape, s.shape]), of: x.x.element)
    let tile = device.tile
    let span = tile.columnSpan(columns: channels)
    let chunk = min(positions, max(4, tile.rowChunk(columns: channels)))
    try device.launch(
      Kernel("squeeze_excitation", "channel_scale", on: x.x.element),
      items: x.shape[0] * positions.dividedRoundingUp(by: chunk)
        * channels.dividedRoundingUp(by: span),
      x.inputArguments(),
      [
        x.viewArgument, .tensor(s), .tensor(y), .int(positions), .int(channels), .int(chunk),
        .int(span),
      ])
    return FusedForward(y)
  }

  public func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws {
    guard let gradient = output.gradient else { return }
    let (x, s) = (inputs[0].reading, try inputs[1].activations())
    let (dx, ds) = (try inputs[0].sink(), try inputs[1].sink())
    let channels = x.shape[3]
    let span = s.device.tile.stripSpan(columns: channels)
    try s.device.launch(
      Kernel("squeeze_excitation", "channel_scale_gradient", on: x.x.element),
      items: x.shape[0] * channels.dividedRoundingUp(by: span),
      x.inputArguments(),
      [
        x.viewArgument, .tensor(s), .tensor(gradient), .tensor(dx?.tensor),
        .flag(dx?.accumulate ?? false), .tensor(ds?.tensor), .flag(ds?.accumulate ?? false),
        .int(x.shape[1] * x.shape[2]), .int(channels), .int(span),
      ])
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
      .init("many channels", Self(), [.activation(2, 2, 3, 165), .activation(2, 165)]),
      .init("one pixel", Self(), [.activation(1, 1, 1, 16), .activation(1, 16)]),
    ]
  }
}
