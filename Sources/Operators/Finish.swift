/// What happens to a convolution's results as they are stored (`kernels/finish.h`).
enum Finish {
  case plain
  /// Added to an earlier contribution, or, without one, to what is there.
  case accumulate(Tensor?)
  /// Per-channel mean and centred sum of squares are gathered.
  case statistics
  /// Batch norm with given statistics, activation, and a residual to add.
  case normalize(InferenceNorm)
  /// The gradient of what readers see of `of` becomes that before the activation; its sums, which
  /// the batch norm's gradient needs, are gathered. An earlier contribution is added first.
  case gradient(of: Tensor, Normalization, addend: Tensor?)

  /// Batch norm as inference applies it; with a bias alone, just that.
  struct InferenceNorm {
    var gamma: Tensor?
    var beta: Tensor
    var mean: Tensor?
    var variance: Tensor?
    var epsilon: Float = 0
    var activation = Activation.identity
    var addend: Tensor?
  }

  /// Its number in `kernels/finish.h`.
  private var argument: KernelArgument {
    switch self {
    case .plain: .int(0)
    case .accumulate: .int(1)
    case .statistics: .int(2)
    case .normalize: .int(3)
    case .gradient: .int(4)
    }
  }

  /// Its number, the activation, the addend, and of gradients x and its normalization.
  func arguments(from channel: Int = 0) -> [KernelArgument] {
    switch self {
    case .normalize(let norm):
      [argument, .int(norm.activation.rawValue), .tensor(norm.addend, from: channel), .none, .none]
    case .gradient(let x, let normalization, let addend):
      [
        argument, .int(normalization.activation.rawValue), .tensor(addend, from: channel),
        .tensor(x, from: channel), .tensor(normalization.saved, from: channel),
      ]
    case .accumulate(let addend):
      [argument, .int(0), .tensor(addend, from: channel), .none, .none]
    default: [argument, .int(0), .none, .none, .none]
    }
  }

  /// gamma, beta, mean, variance and epsilon.
  func inference(from channel: Int = 0) -> [KernelArgument] {
    guard case .normalize(let norm) = self else { return [.none, .none, .none, .none, .float(0)] }
    return [norm.gamma, norm.beta, norm.mean, norm.variance].map { .tensor($0, from: channel) }
      + [.float(norm.epsilon)]
  }

  /// Rows of sums, or of scales and shifts, that an item keeps.
  var sumRows: Int {
    switch self {
    case .statistics: 3
    case .gradient, .normalize: 2
    default: 0
    }
  }

  var gathersSums: Bool {
    switch self {
    case .statistics, .gradient: true
    default: false
    }
  }

  /// Room for the sums of `splits` items, if there are any.
  func sums(_ device: any Device, splits: Int, rowsPerSplit: Int, channels: Int) throws
    -> ChannelSums?
  {
    guard gathersSums else { return nil }
    return ChannelSums(
      partial: try device.empty([splits, 2, channels]), rowsPerSplit: rowsPerSplit)
  }
}

/// Sums per channel that several items gathered, each over `rowsPerSplit` rows but the last.
struct ChannelSums {
  /// [splits,2,C].
  let partial: Tensor
  let rowsPerSplit: Int

  init(partial: Tensor, rowsPerSplit: Int) {
    self.partial = partial
    self.rowsPerSplit = rowsPerSplit
  }

  /// Of a tensor that is there: for what was not gathered while storing.
  static func statistics(of x: Tensor) throws -> ChannelSums {
    let sums = try ChannelSums(over: x)
    try x.device.launch(
      Kernel("batch_norm", "batch_norm_partials"), items: sums.items,
      [.tensor(x), .tensor(sums.partial)], sums.sizes(of: x))
    return sums
  }

  /// Room for sums of a pass over x of their own.
  private init(over x: Tensor) throws {
    let channels = x.shape[x.shape.count - 1]
    rowsPerSplit = x.device.tile.reductionRows(columns: channels)
    let splits = (x.count / channels).dividedRoundingUp(by: rowsPerSplit)
    partial = try x.device.empty([splits, 2, channels])
  }

  /// Such a pass's work-items: splits x channel vectors.
  private var items: Int { partial.shape[0] * partial.device.tile.vectors(partial.shape[2]) }

  /// Rows, channels, and rows of a split.
  private func sizes(of x: Tensor) -> [KernelArgument] {
    [.int(x.count / partial.shape[2]), .int(partial.shape[2]), .int(rowsPerSplit)]
  }

  /// Turns the gradient of what readers see of x into that before the activation, written to
  /// `finished` (nothing is where nil: without an activation they are the same), with its sums.
  static func finish(
    _ gradient: Tensor, of x: Tensor, _ normalization: Normalization, into finished: Tensor?
  ) throws -> ChannelSums {
    let sums = try ChannelSums(over: x)
    try x.device.launch(
      Kernel("batch_norm", "batch_norm_finish", on: x.element), items: sums.items,
      [
        .tensor(x), .tensor(gradient), .tensor(normalization.saved), .tensor(finished),
        .tensor(sums.partial),
      ], sums.sizes(of: x), [.int(normalization.activation.rawValue)])
    return sums
  }
}
