import Operators

/// What a pass through a network does with batch norm and dropout.
public enum PassMode {
  /// The batch's statistics; dropout before the classifier if asked for.
  case training(dropout: Dropout?)
  /// The batch's statistics, gathered into the given ones (momentum 1 on the first batch).
  case calibration(BatchNormStatistics, momentum: Float)
  case inference(BatchNormStatistics)
}

/// One pass through a network: layers ask it for parameters by name and apply operators.
///
/// Layers are written once. Run over a `CountingDevice` with declarations recorded, the same code
/// tells which parameters there are; with a supernet's block it computes.
public final class NetworkPass {
  let tape: Tape
  private let mode: PassMode
  private let parameters: any ParameterSource

  init(tape: Tape, mode: PassMode, parameters: any ParameterSource) {
    self.tape = tape
    self.mode = mode
    self.parameters = parameters
  }

  func apply(_ operator: any Operator, _ inputs: Variable...) throws -> Variable {
    try tape.apply(`operator`, inputs)
  }

  private func parameter(_ name: String, _ role: ParameterRole, _ shape: Int...) throws -> Variable
  {
    try parameters.parameter(name, role, shape)
  }

  /// Convolution without bias, batch norm, activation.
  func convolution(
    _ name: String, _ x: Variable, kernel: Int, stride: Int = 1, channels: Int,
    depthwise: Bool = false, activation: Activation, endsResidual: Bool = false
  ) throws -> Variable {
    let inputs = x.value.shape[3]
    precondition(!depthwise || inputs == channels, "\(name): depthwise \(inputs) to \(channels)")
    let weight = try parameter(
      name + ".conv.weight", .convolution, kernel, kernel, depthwise ? 1 : inputs, channels)
    let y = try apply(
      Convolution.same(kernel: kernel, stride: stride, groups: depthwise ? channels : 1), x, weight)
    return try batchNorm(
      name + ".bn", y, activation: activation, gamma: endsResidual ? .lastGamma : .gamma)
  }

  private func batchNorm(
    _ name: String, _ x: Variable, activation: Activation, gamma: ParameterRole
  ) throws -> Variable {
    let channels = x.value.shape[3]
    let scale = try parameter(name + ".weight", gamma, channels)
    let shift = try parameter(name + ".bias", .beta, channels)
    let statistics: BatchNorm.Statistics
    let running: BatchNormStatistics?
    switch mode {
    case .training: (statistics, running) = (.batch(momentum: nil), nil)
    case .calibration(let into, let momentum):
      (statistics, running) = (.batch(momentum: momentum), into)
    case .inference(let from): (statistics, running) = (.running, from)
    }
    // Untouched where the batch's statistics are used alone: any tensor of the shape will do.
    let mean = try running.map { Variable(try $0.mean(name, channels)) } ?? shift
    let variance = try running.map { Variable(try $0.variance(name, channels)) } ?? shift
    return try apply(
      BatchNorm(statistics, activation: activation), x, scale, shift, mean, variance)
  }

  func linear(_ name: String, _ x: Variable, outputs: Int) throws -> Variable {
    try apply(
      Linear(), x, try parameter(name + ".weight", .linear, x.value.shape[1], outputs),
      try parameter(name + ".bias", .bias, outputs))
  }

  /// Squeeze-and-excitation (Hu and others 2018) with a hard sigmoid (MobileNetV3).
  func squeezeExcitation(_ name: String, _ x: Variable, squeezed: Int) throws -> Variable {
    let pooled = try apply(GlobalAveragePool(), x)
    let reduced = try apply(
      ActivationFunction(.relu), try linear(name + ".reduce", pooled, outputs: squeezed))
    let gate = try apply(
      ActivationFunction(.hardSigmoid),
      try linear(name + ".expand", reduced, outputs: x.value.shape[3]))
    return try apply(ChannelScale(), x, gate)
  }

  func dropout(_ x: Variable) throws -> Variable {
    guard case .training(let dropout?) = mode else { return x }
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
