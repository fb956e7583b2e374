import Operators

/// What an edge of a cell may compute, by its published name.
///
/// Convolutions are ReLU, convolution, batch norm, in this order: the activation comes first, so
/// that what nodes add up is not clamped. A new operation is a line in `all`.
public struct CellOperation: Sendable {
  public let name: String
  /// Whether it hands on its input where the stride is 1.
  let isIdentity: Bool
  let isPool: Bool
  /// nil stands for zeros.
  let apply: @Sendable (CellEdge) throws -> Variable?

  private init(
    _ name: String, isIdentity: Bool = false, isPool: Bool = false,
    _ apply: @escaping @Sendable (CellEdge) throws -> Variable?
  ) {
    self.name = name
    self.isIdentity = isIdentity
    self.isPool = isPool
    self.apply = apply
  }

  /// Every operation, in ascending order of cost.
  public static let all: [CellOperation] = [
    CellOperation("none") { _ in nil },
    CellOperation("skip_connect", isIdentity: true) { edge in
      guard edge.stride > 1 else { return edge.source.value }
      return try edge.source.activated(in: edge.pass).map {
        try edge.pass.factorizedReduction(edge.name, $0, channels: edge.channels)
      }
    },
    CellOperation("max_pool_3x3", isPool: true) { edge in
      try edge.source.value.map {
        try edge.pass.apply(MaxPool(.init(size: 3, stride: edge.stride, padding: 1)), $0)
      }
    },
    CellOperation("avg_pool_3x3", isPool: true) { edge in
      try edge.source.value.map {
        try edge.pass.apply(AveragePool(.init(size: 3, stride: edge.stride, padding: 1)), $0)
      }
    },
    CellOperation("nor_conv_1x1") { try $0.convolution(kernel: 1) },
    CellOperation("dil_conv_3x3") { try $0.dilated(kernel: 3) },
    CellOperation("dil_conv_5x5") { try $0.dilated(kernel: 5) },
    CellOperation("sep_conv_3x3") { try $0.separable(kernel: 3) },
    CellOperation("sep_conv_5x5") { try $0.separable(kernel: 5) },
    CellOperation("nor_conv_3x3") { try $0.convolution(kernel: 3) },
  ]

  public static let names = all.map(\.name)
}

/// A value of a cell while it is computed; nil is zero everywhere.
public final class CellState {
  let value: Variable?
  private var seen: Variable?

  init(_ value: Variable?) { self.value = value }

  /// After ReLU, for all edges that begin so.
  func activated(in pass: NetworkPass) throws -> Variable? {
    guard let value else { return nil }
    if let seen { return seen }
    let activated = try pass.apply(ActivationFunction(.relu), value)
    seen = activated
    return activated
  }
}

/// An edge of a cell, about to be computed.
public struct CellEdge {
  /// Which edge of which of the searched cells.
  public struct Place: Sendable, Hashable {
    public var cell: CellSpace.CellKind
    /// States by number: the cell's inputs first, then its nodes.
    public var from: Int
    public var to: Int
  }

  public let place: Place
  /// What its parameters' names begin with.
  let name: String
  let source: CellState
  let channels: Int
  let stride: Int
  let pass: NetworkPass

  /// The edge computed by one operation; nil stands for zeros.
  public func apply(_ operation: CellOperation) throws -> Variable? {
    try operation.apply(
      CellEdge(
        place: place, name: "\(name).\(operation.name)", source: source, channels: channels,
        stride: stride, pass: pass))
  }

  fileprivate func convolution(kernel: Int) throws -> Variable? {
    try source.activated(in: pass).map {
      try pass.convolution(
        name, $0, kernel: kernel, stride: stride, channels: channels, activation: .identity)
    }
  }

  /// Twice: depthwise, pointwise, batch norm (Liu and others 2019, section 3.1).
  fileprivate func separable(kernel: Int) throws -> Variable? {
    guard let x = try source.activated(in: pass) else { return nil }
    let spread = try pass.plainConvolution(
      name + ".0.depthwise", x, kernel: kernel, stride: stride, channels: x.shape[3],
      depthwise: true)
    let mixed = try pass.convolution(
      name + ".0.pointwise", spread, kernel: 1, channels: x.shape[3], activation: .relu)
    let again = try pass.plainConvolution(
      name + ".1.depthwise", mixed, kernel: kernel, channels: x.shape[3], depthwise: true)
    return try pass.convolution(
      name + ".1.pointwise", again, kernel: 1, channels: channels, activation: .identity)
  }

  fileprivate func dilated(kernel: Int) throws -> Variable? {
    guard let x = try source.activated(in: pass) else { return nil }
    let spread = try pass.plainConvolution(
      name + ".depthwise", x, kernel: kernel, stride: stride, channels: x.shape[3], dilation: 2,
      depthwise: true)
    return try pass.convolution(
      name + ".pointwise", spread, kernel: 1, channels: channels, activation: .identity)
  }
}

extension NetworkPass {
  /// Halves the size and loses no pixel (Liu and others 2019).
  ///
  /// Two 1x1 convolutions, of the even pixels and of the odd ones, are joined and normalized; x is
  /// activated already.
  func factorizedReduction(_ name: String, _ x: Variable, channels: Int) throws -> Variable {
    let inputs = x.shape[3]
    let even = try plainConvolution(
      name + ".even", x, kernel: 1, stride: 2, channels: channels / 2)
    // The odd pixels: each channel's 2x2 windows, of which the last tap is taken.
    let tap = try x.device.once {
      let taps = try x.device.empty([4, inputs])
      try x.device.fill(taps, with: 0)
      try x.device.fill(taps.slice(from: [3, 0], sizes: [1, inputs]), with: 1)
      return taps.reshaped([2, 2, 1, inputs])
    }
    let shifted = try apply(Convolution(stride: 2, groups: inputs), x, Variable(tap))
    let odd = try plainConvolution(
      name + ".odd", shifted, kernel: 1, channels: channels - channels / 2)
    return try batchNorm(
      name + ".bn", try apply(Concatenate(), even, odd), activation: .identity)
  }
}
