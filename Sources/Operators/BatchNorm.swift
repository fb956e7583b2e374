/// Batch norm over all but the channels, and the activation that follows it:
/// x [N,H,W,C], gamma [C], beta [C], running mean [C], running variance [C] to [N,H,W,C].
///
/// Ioffe & Szegedy 2015, algorithms 1 and 2. The activation's slope is recomputed on the way back,
/// not stored. Networks use `NormalizedConvolution`, which makes no pass of its own over x.
public struct BatchNorm: Operator {
  public enum Statistics: Sendable {
    /// The batch's own; the running ones move towards them by `momentum`, or stay if nil.
    case batch(momentum: Float?)
    /// Those of the batches of all ranks as one, which then wait for each other (Peng and others 2018,
    /// "MegDet", section 3.2).
    case synchronized(any Communicator)
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

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let parameters = Array(inputs[1...])
    let normalization: Normalization
    switch statistics {
    case .batch, .synchronized:
      normalization = try self.normalization(
        try ChannelSums.statistics(of: inputs[0]), rows: rows(inputs[0]), parameters)
    case .running:
      normalization = try inference(parameters, addend: nil).normalization()
    }
    return Forward(
      try Reading.normalized(inputs[0], normalization).materialized(),
      saved: [normalization.saved])
  }

  public func backward(_ pass: Backward) throws {
    let x = pass.inputs[0]
    let normalization = Normalization(saved: pass.saved[0], activation: activation)
    let finished = activation == .identity ? nil : try x.device.empty(x.shape)
    let sums = try ChannelSums.finish(pass.gradient, of: x, normalization, into: finished)
    let reading = try gradient(
      finished ?? pass.gradient, sums, of: x, normalization, gamma: pass.sinks[1],
      beta: pass.sinks[2])
    if let sink = pass.sinks[0] { try reading.materialize(into: sink) }
  }

  var isRunning: Bool {
    if case .running = statistics { return true }
    return false
  }

  private func rows(_ x: Tensor) -> Int { x.count / x.shape[x.shape.count - 1] }
}

/// The parts that a convolution shares.
extension BatchNorm {
  /// From a batch's sums; `parameters`: gamma, beta, running mean and variance.
  func normalization(
    _ sums: ChannelSums, rows: Int, _ parameters: [Tensor]
  ) throws -> Normalization {
    var (sums, rows, momentum) = (sums, rows, Float?.none)
    switch statistics {
    case .batch(let given): momentum = given
    case .synchronized(let ranks):
      (sums, rows) = try sums.statistics(of: rows, across: ranks)
    case .running: preconditionFailure("a batch's sums for running statistics")
    }
    let device = sums.partial.device
    let channels = parameters[0].count
    let saved = try device.empty([4, channels])
    let running = momentum == nil ? [nil, nil] : [parameters[2], parameters[3]]
    try device.launchSecondStage(
      "batch_norm", "batch_norm_statistics", vectors: device.tile.vectors(channels),
      splits: sums.partial.shape[0],
      [
        .tensor(sums.partial), .tensor(parameters[0]), .tensor(parameters[1]),
        .tensor(running[0]), .tensor(running[1]), .tensor(saved), .int(rows), .int(channels),
        .int(sums.rowsPerSplit), .float(epsilon), .float(momentum ?? 0),
      ])
    return Normalization(saved: saved, activation: activation)
  }

  func inference(_ parameters: [Tensor], addend: Tensor?) -> Finish.InferenceNorm {
    Finish.InferenceNorm(
      gamma: parameters[0], beta: parameters[1], mean: parameters[2], variance: parameters[3],
      epsilon: epsilon, activation: activation, addend: addend)
  }

  /// The gradient of x as its readers make it, from that before the activation; those of gamma and
  /// beta go to their sinks.
  func gradient(
    _ finished: Tensor, _ sums: ChannelSums, of x: Tensor, _ normalization: Normalization,
    gamma: GradientSink?, beta: GradientSink?
  ) throws -> Reading {
    precondition(
      gamma == nil || beta == nil || gamma?.accumulate == beta?.accumulate,
      "gamma and beta are accumulated alike")
    var table = try coefficients(sums, rows: rows(x), normalization, gamma: gamma, beta: beta)
    if case .synchronized(let ranks) = statistics {
      // Gamma's and beta's are added up with all other gradients; x's depends on all ranks' rows.
      let (all, rows) = try sums.sums(of: rows(x), across: ranks)
      table = try coefficients(all, rows: rows, normalization, gamma: nil, beta: nil)
    }
    return .gradient(finished, of: x, coefficients: table)
  }

  private func coefficients(
    _ sums: ChannelSums, rows: Int, _ normalization: Normalization, gamma: GradientSink?,
    beta: GradientSink?
  ) throws -> Tensor {
    let device = sums.partial.device
    let channels = normalization.saved.shape[1]
    let coefficients = try device.empty([3, channels])
    try device.launchSecondStage(
      "batch_norm", "batch_norm_coefficients", vectors: device.tile.vectors(channels),
      splits: sums.partial.shape[0],
      [
        .tensor(sums.partial), .tensor(normalization.saved), .tensor(gamma?.tensor),
        .tensor(beta?.tensor), .tensor(coefficients), .int(rows), .int(channels),
        .int(sums.partial.shape[0]), .flag(!isRunning),
        .flag(gamma?.accumulate ?? beta?.accumulate ?? false),
      ])
    return coefficients
  }
}

extension Finish.InferenceNorm {
  /// Scale and shift, for readers.
  func normalization() throws -> Normalization {
    let device = beta.device
    let saved = try device.empty([4, beta.count])
    try device.launch(
      Kernel("batch_norm", "batch_norm_running"), items: device.tile.vectors(beta.count),
      [
        .tensor(gamma), .tensor(beta), .tensor(mean), .tensor(variance), .tensor(saved),
        .int(beta.count), .float(epsilon),
      ])
    return Normalization(saved: saved, activation: activation)
  }
}

extension BatchNorm {
  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let channels = inputs[1].shape[0]
    let rows = inputs[0].values.count / channels
    var y = inputs[0]
    for c in 0..<channels {
      var (mean, variance) = (inputs[3].values[c], inputs[4].values[c])
      if !isRunning {
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

  private static func inputs(
    _ shape: Int..., values: OperatorCase.Input.Values = .normal
  ) -> [OperatorCase.Input] {
    let c = shape[shape.count - 1]
    let x = OperatorCase.Input(shape: Shape(shape), values: values, needsGradient: true)
    return [
      x, .parameter(c), .parameter(c), .constant(c, values: .normal),
      .constant(c, values: .positive),
    ]
  }

  public static var cases: [OperatorCase] {
    [
      .init("batch", Self(.batch(momentum: nil)), inputs(3, 4, 5, 18)),
      .init("batch, one vector", Self(.batch(momentum: nil)), inputs(2, 3, 3, 16)),
      .init("batch, many rows", Self(.batch(momentum: nil)), inputs(2, 40, 40, 3)),
      .init(
        "batch, far from zero", Self(.batch(momentum: nil)), inputs(2, 30, 31, 9, values: .distant)),
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
