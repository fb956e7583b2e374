import Operators

/// What a pass through a network does with batch norm and dropout.
public enum PassMode {
  /// The batch's statistics, or those of all ranks' batches; dropout before the classifier if asked
  /// for; activations of chains of convolutions stored as halves, if asked for.
  case training(
    dropout: Dropout?, synchronized: (any Communicator)? = nil, activations: Element = .float)
  /// The batch's statistics, gathered into the given ones (momentum 1 on the first batch).
  case calibration(BatchNormStatistics, momentum: Float)
  case inference(BatchNormStatistics)
  /// No batch norm at all: what zero-cost scores that follow the weights ask for.
  case withoutBatchNorm
}

/// One pass through a network: layers ask it for parameters by name and apply operators.
///
/// Layers are written once. Run over a `CountingDevice` with declarations recorded, the same code
/// tells which parameters there are; with a supernet's block it computes. A name is that of the whole
/// supernet's parameter, of which a subnet takes a slice: a kernel's centre, the first channels.
public final class NetworkPass {
  let tape: Tape
  private let mode: PassMode
  private let parameters: any ParameterSource
  /// What all names begin with.
  private let prefix: String

  init(tape: Tape, mode: PassMode, parameters: any ParameterSource, prefix: String = "") {
    self.tape = tape
    self.mode = mode
    self.parameters = parameters
    self.prefix = prefix
  }

  /// The same pass for a part whose parameters have names of their own.
  public func inside(_ part: String) -> NetworkPass {
    NetworkPass(
      tape: tape, mode: mode, parameters: parameters, prefix: "\(prefix)\(part).")
  }

  /// An operator's result.
  public func apply(_ operator: any Operator, _ inputs: Variable...) throws -> Variable {
    try tape.apply(`operator`, inputs)
  }

  /// A shared parameter's slice of a shape.
  public func parameter(
    _ name: String, _ role: ParameterRole, _ shape: Int...
  ) throws -> Variable {
    try parameters.parameter(prefix + name, role, Shape(shape))
  }

  /// Convolution without bias, batch norm, activation, and a residual to add.
  public func convolution(
    _ name: String, _ x: Variable, kernel: Int, stride: Int = 1, channels: Int,
    dilation: Int = 1, depthwise: Bool = false, activation: Activation,
    residual: Variable? = nil
  ) throws -> Variable {
    let inputs = x.shape[3]
    precondition(!depthwise || inputs == channels, "\(name): depthwise \(inputs) to \(channels)")
    let weight = try parameter(
      name + ".conv.weight", .convolution, kernel, kernel, depthwise ? 1 : inputs, channels)
    if case .withoutBatchNorm = mode {
      let y = try apply(
        ActivationFunction(activation),
        try apply(
          Convolution.same(
            kernel: kernel, stride: stride, dilation: dilation, groups: depthwise ? channels : 1),
          x, weight))
      return try residual.map { try apply(Add(), $0, y) } ?? y
    }
    let gamma = try parameter(
      name + ".bn.weight", residual == nil ? .gamma : .lastGamma, channels)
    let beta = try parameter(name + ".bn.bias", .beta, channels)
    let (statistics, mean, variance) = try statistics(name + ".bn", channels)
    let operation = NormalizedConvolution(
      .same(
        kernel: kernel, stride: stride, dilation: dilation, groups: depthwise ? channels : 1),
      BatchNorm(statistics, activation: activation))
    // Untouched where the batch's statistics are used alone: any tensor of the shape will do.
    let operands = [x, weight, gamma, beta, mean ?? beta, variance ?? beta]
    guard let residual else { return try tape.apply(operation, operands) }
    if case .running = statistics { return try tape.apply(operation, operands + [residual]) }
    return try apply(Add(), residual, try tape.apply(operation, operands))
  }

  private func statistics(
    _ name: String, _ channels: Int
  ) throws -> (BatchNorm.Statistics, mean: Variable?, variance: Variable?) {
    let statistics: BatchNorm.Statistics
    let running: BatchNormStatistics
    switch mode {
    case .training(_, let ranks?, _): return (.synchronized(ranks), nil, nil)
    case .training, .withoutBatchNorm: return (.batch(momentum: nil), nil, nil)
    case .calibration(let into, let momentum):
      (statistics, running) = (.batch(momentum: momentum), into)
    case .inference(let from): (statistics, running) = (.running, from)
    }
    return (
      statistics, Variable(try running.mean(prefix + name, channels)),
      Variable(try running.variance(prefix + name, channels))
    )
  }

  /// A convolution alone: no batch norm, no bias.
  public func plainConvolution(
    _ name: String, _ x: Variable, kernel: Int, stride: Int = 1, channels: Int,
    dilation: Int = 1, depthwise: Bool = false
  ) throws -> Variable {
    let weight = try parameter(
      name + ".weight", .convolution, kernel, kernel, depthwise ? 1 : x.shape[3], channels)
    return try apply(
      Convolution.same(
        kernel: kernel, stride: stride, dilation: dilation, groups: depthwise ? channels : 1),
      x, weight)
  }

  /// Batch norm and activation of what no convolution has just left.
  public func batchNorm(_ name: String, _ x: Variable, activation: Activation) throws -> Variable {
    let channels = x.shape[3]
    if case .withoutBatchNorm = mode { return try apply(ActivationFunction(activation), x) }
    let gamma = try parameter(name + ".weight", .gamma, channels)
    let beta = try parameter(name + ".bias", .beta, channels)
    let (statistics, mean, variance) = try statistics(name, channels)
    return try apply(
      BatchNorm(statistics, activation: activation), x, gamma, beta, mean ?? beta,
      variance ?? beta)
  }

  /// A tensor of one number that nothing is learnt of.
  public func constant(_ shape: Shape, _ value: Float, like x: Variable) throws -> Variable {
    let tensor = try x.device.empty(shape)
    try x.device.fill(tensor, with: value)
    return Variable(tensor)
  }

  /// A linear layer with bias: [N,inputs] to [N,outputs].
  public func linear(_ name: String, _ x: Variable, outputs: Int) throws -> Variable {
    try apply(
      Linear(), x, try parameter(name + ".weight", .linear, x.shape[1], outputs),
      try parameter(name + ".bias", .bias, outputs))
  }

  /// Squeeze-and-excitation (Hu and others 2018) with a hard sigmoid (MobileNetV3).
  public func squeezeExcitation(_ name: String, _ x: Variable, squeezed: Int) throws -> Variable {
    let pooled = try apply(GlobalAveragePool(), x)
    let reduced = try apply(
      ActivationFunction(.relu), try linear(name + ".reduce", pooled, outputs: squeezed))
    let gate = try apply(
      ActivationFunction(.hardSigmoid),
      try linear(name + ".expand", reduced, outputs: x.shape[3]))
    return try apply(ChannelScale(), x, gate)
  }

  /// Dropout as the pass asks for it, before the classifier; x itself where it asks for none.
  public func dropout(_ x: Variable) throws -> Variable {
    guard case .training(let dropout?, _, _) = mode else { return x }
    return try apply(dropout, x)
  }
}

/// Where layers get their parameters.
protocol ParameterSource: AnyObject {
  func parameter(_ name: String, _ role: ParameterRole, _ shape: Shape) throws -> Variable
}

/// Notes which parameters the layers ask for.
final class ParameterRecorder: ParameterSource {
  private(set) var declarations: [(name: String, role: ParameterRole, shape: Shape)] = []
  private let device: CountingDevice

  init(device: CountingDevice) { self.device = device }

  func parameter(_ name: String, _ role: ParameterRole, _ shape: Shape) throws -> Variable {
    declarations.append((name, role, shape))
    return Variable(try device.empty(shape))
  }
}
