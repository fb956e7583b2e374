import Operators

/// What a layer of a chain may compute.
///
/// Convolutions are followed by batch norm and the layer's activation. A new operation is a line
/// in `all`.
public struct ChainOperation: Sendable {
  public let name: String
  /// Whether it has a width and an activation; others keep their input's channels.
  let convolves: Bool
  let apply: @Sendable (ChainLayer) throws -> Variable

  private init(
    _ name: String, convolves: Bool = true,
    _ apply: @escaping @Sendable (ChainLayer) throws -> Variable
  ) {
    self.name = name
    self.convolves = convolves
    self.apply = apply
  }

  /// Every operation, about in ascending order of cost.
  public static let all: [ChainOperation] =
    [
      ChainOperation("identity", convolves: false) { try $0.subsampled() },
      ChainOperation("max-pool-3x3", convolves: false) {
        try $0.pass.apply(MaxPool(.init(size: 3, stride: $0.stride, padding: 1)), $0.input)
      },
      ChainOperation("average-pool-3x3", convolves: false) {
        try $0.pass.apply(AveragePool(.init(size: 3, stride: $0.stride, padding: 1)), $0.input)
      },
      ChainOperation("squeeze-excitation", convolves: false) {
        let x = try $0.subsampled()
        return try $0.pass.squeezeExcitation($0.name, x, squeezed: max(4, x.shape[3] / 4))
      },
      ChainOperation("conv-1x1") { try $0.convolution(kernel: 1) },
    ]
    + [3, 5].map { kernel in
      ChainOperation("depthwise-separable-\(kernel)x\(kernel)") {
        try $0.depthwiseSeparable(kernel: kernel)
      }
    }
    + [3, 5].map { kernel in
      ChainOperation("inverted-residual-\(kernel)x\(kernel)") {
        try $0.invertedResidual(kernel: kernel)
      }
    }
    + [ChainOperation("residual-bottleneck") { try $0.residualBottleneck() }]
    + [3, 5, 7].map { kernel in
      ChainOperation("conv-\(kernel)x\(kernel)") { try $0.convolution(kernel: kernel) }
    }

  public static let names = all.map(\.name)
}

/// A layer of a chain, about to be computed.
struct ChainLayer {
  /// What its parameters' names begin with.
  let name: String
  let input: Variable
  /// Of convolutions.
  let width: Int
  let activation: Activation
  let stride: Int
  let pass: NetworkPass

  /// The input, of which a stride takes every so many pixels.
  func subsampled() throws -> Variable {
    stride == 1 ? input : try pass.apply(MaxPool(.init(size: 1, stride: stride)), input)
  }

  func convolution(kernel: Int) throws -> Variable {
    try pass.convolution(
      name, input, kernel: kernel, stride: stride, channels: width, activation: activation)
  }

  /// Howard and others 2017 (MobileNet).
  func depthwiseSeparable(kernel: Int) throws -> Variable {
    let spread = try pass.convolution(
      name + ".depthwise", input, kernel: kernel, stride: stride, channels: input.shape[3],
      depthwise: true, activation: activation)
    return try pass.convolution(
      name + ".pointwise", spread, kernel: 1, channels: width, activation: activation)
  }

  /// Sandler and others 2018 (MobileNetV2), expansion 4; the residual where the shapes allow it.
  func invertedResidual(kernel: Int) throws -> Variable {
    let hidden = 4 * input.shape[3]
    let expanded = try pass.convolution(
      name + ".expand", input, kernel: 1, channels: hidden, activation: activation)
    let spread = try pass.convolution(
      name + ".depthwise", expanded, kernel: kernel, stride: stride, channels: hidden,
      depthwise: true, activation: activation)
    return try pass.convolution(
      name + ".project", spread, kernel: 1, channels: width, activation: .identity,
      residual: stride == 1 && input.shape[3] == width ? input : nil)
  }

  /// He and others 2016: 1x1 to a quarter of the width, 3x3, 1x1; a projection where shapes differ.
  func residualBottleneck() throws -> Variable {
    let narrow = max(1, width / 4)
    let reduced = try pass.convolution(
      name + ".reduce", input, kernel: 1, channels: narrow, activation: activation)
    let spread = try pass.convolution(
      name + ".spread", reduced, kernel: 3, stride: stride, channels: narrow,
      activation: activation)
    let isSame = stride == 1 && input.shape[3] == width
    let shortcut =
      isSame
      ? input
      : try pass.convolution(
        name + ".shortcut", input, kernel: 1, stride: stride, channels: width,
        activation: .identity)
    let sum = try pass.convolution(
      name + ".restore", spread, kernel: 1, channels: width, activation: .identity,
      residual: shortcut)
    return try pass.apply(ActivationFunction(activation), sum)
  }
}
