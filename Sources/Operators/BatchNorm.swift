/// Batch norm over all but the channels, and the activation that follows it:
/// x [N,H,W,C], gamma [C], beta [C], running mean [C], running variance [C] to [N,H,W,C].
///
/// Ioffe & Szegedy 2015, algorithms 1 and 2. The activation's slope is recomputed on the way back,
/// not stored. (In time the neighbouring convolutions take both passes over x into theirs.)
public struct BatchNorm: Operator {
  public enum Statistics: Sendable {
    /// The batch's own; the running ones move towards them by `momentum`, or stay if nil.
    case batch(momentum: Float?)
    /// The running ones: inference.
    case running
  }

  public var statistics: Statistics
  public var activation: Activation
  public var epsilon: Float

  public init(
    _ statistics: Statistics, activation: Activation = .identity, epsilon: Float = 1e-5
  ) {
    self.statistics = statistics
    self.activation = activation
    self.epsilon = epsilon
  }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    precondition(
      inputs.count == 5 && inputs[1...].allSatisfy { $0 == [inputs[0][inputs[0].count - 1]] },
      "batch norm of \(inputs)")
    return inputs[0]
  }

  /// x as [rows, channels].
  private func rows(_ shape: Shape) -> (rows: Int, channels: Int) {
    let channels = shape[shape.count - 1]
    return (shape.reduce(1, *) / channels, channels)
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let (x, gamma, beta, mean, variance) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4])
    let device = x.device
    let (rows, channels) = rows(x.shape)
    let saved = try device.empty([4, channels])
    switch statistics {
    case .batch(let momentum):
      let chunk = device.tile.reductionRows(columns: channels)
      let splits = rows.dividedRoundingUp(by: chunk)
      let partial = try device.empty([splits, 2, channels])
      try device.launch(
        Kernel("batch_norm", "batch_norm_partials"), items: splits * device.tile.vectors(channels),
        [.tensor(x), .tensor(partial), .int(rows), .int(channels), .int(chunk)])
      try device.launch(
        Kernel("batch_norm", "batch_norm_statistics"), items: device.tile.vectors(channels),
        [
          .tensor(partial), .tensor(gamma), .tensor(beta),
          .tensor(momentum == nil ? nil : mean), .tensor(momentum == nil ? nil : variance),
          .tensor(saved), .int(rows), .int(channels), .int(chunk), .float(epsilon),
          .float(momentum ?? 0),
        ])
    case .running:
      try device.launch(
        Kernel("batch_norm", "batch_norm_running"), items: device.tile.vectors(channels),
        [
          .tensor(gamma), .tensor(beta), .tensor(mean), .tensor(variance), .tensor(saved),
          .int(channels), .float(epsilon),
        ])
    }
    let y = try device.empty(x.shape)
    let chunk = device.tile.rowChunk(columns: channels)
    try device.launch(
      Kernel("batch_norm", "batch_norm_apply"), items: rows.dividedRoundingUp(by: chunk),
      [
        .tensor(x), .tensor(saved), .tensor(y), .int(rows), .int(channels), .int(chunk),
        .int(activation.rawValue),
      ])
    return Forward(y, saved: [saved])
  }

  public func backward(_ pass: Backward) throws {
    let (x, saved) = (pass.inputs[0], pass.saved[0])
    let device = x.device
    let (rows, channels) = rows(x.shape)
    let chunk = device.tile.reductionRows(columns: channels)
    let splits = rows.dividedRoundingUp(by: chunk)
    let partial = try device.empty([splits, 2, channels])
    try device.launch(
      Kernel("batch_norm", "batch_norm_gradient_partials"),
      items: splits * device.tile.vectors(channels),
      [
        .tensor(x), .tensor(pass.gradient), .tensor(saved), .tensor(partial), .int(rows),
        .int(channels), .int(chunk), .int(activation.rawValue),
      ])
    let (gamma, beta) = (pass.sinks[1], pass.sinks[2])
    precondition(gamma?.accumulate == beta?.accumulate, "gamma and beta are accumulated alike")
    var batchStatistics = false
    if case .batch = statistics { batchStatistics = true }
    let means = try device.empty([2, channels])
    try device.launch(
      Kernel("batch_norm", "batch_norm_gradient_sums"), items: device.tile.vectors(channels),
      [
        .tensor(partial), .tensor(saved), .tensor(gamma?.tensor), .tensor(beta?.tensor),
        .tensor(means), .int(rows), .int(channels), .int(splits), .flag(batchStatistics),
        .flag(gamma?.accumulate ?? false),
      ])
    guard let sink = pass.sinks[0] else { return }
    let rowChunk = device.tile.rowChunk(columns: channels)
    try device.launch(
      Kernel("batch_norm", "batch_norm_gradient"), items: rows.dividedRoundingUp(by: rowChunk),
      [
        .tensor(x), .tensor(pass.gradient), .tensor(saved), .tensor(means), .tensor(sink.tensor),
        .int(rows), .int(channels), .int(rowChunk), .int(activation.rawValue),
        .flag(sink.accumulate),
      ])
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let (rows, channels) = rows(inputs[0].shape)
    var y = inputs[0]
    for c in 0..<channels {
      var (mean, variance) = (inputs[3].values[c], inputs[4].values[c])
      if case .batch = statistics {
        let column = (0..<rows).map { inputs[0].values[$0 * channels + c] }
        mean = column.reduce(0, +) / Double(rows)
        variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
      }
      let scale = inputs[1].values[c] / (variance + Double(epsilon)).squareRoot()
      for r in 0..<rows {
        let at = r * channels + c
        y.values[at] = activation((inputs[0].values[at] - mean) * scale + inputs[2].values[c])
      }
    }
    return y
  }

  private static func inputs(_ shape: Int...) -> [OperatorCase.Input] {
    let c = shape[shape.count - 1]
    let x = OperatorCase.Input(shape: shape, values: .normal, needsGradient: true)
    return [
      x, .parameter(c), .parameter(c), .constant(c, values: .normal),
      .constant(c, values: .positive),
    ]
  }

  public static var cases: [OperatorCase] {
    [
      .init("batch", Self(.batch(momentum: nil)), inputs(3, 4, 5, 18)),
      .init("batch, one vector", Self(.batch(momentum: nil)), inputs(2, 3, 3, 16)),
      .init("batch, many rows", Self(.batch(momentum: nil)), inputs(2, 30, 30, 3)),
      .init("batch, relu", Self(.batch(momentum: nil), activation: .relu), inputs(2, 3, 4, 5)),
      .init("batch, swish", Self(.batch(momentum: nil), activation: .swish), inputs(2, 3, 4, 33)),
      .init(
        "batch, hard-swish", Self(.batch(momentum: nil), activation: .hardSwish),
        inputs(2, 3, 4, 17)),
      .init("running, relu6", Self(.running, activation: .relu6), inputs(1, 2, 3, 20)),
      .init("running, one pixel", Self(.running), inputs(1, 1, 1, 1)),
    ]
  }
}
