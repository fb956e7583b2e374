/// An update of the whole parameter block from its gradients, in one launch.
///
/// Weight decay touches the first `decayed` elements only: weights, not batch norm nor biases.
public protocol Optimizer: Sendable {
  /// Moment blocks it keeps beside the parameters.
  var momentCount: Int { get }
  /// One step: parameters and moments change in place.
  ///
  /// - Parameters:
  ///   - parameters: the block.
  ///   - gradients: theirs, of the same size.
  ///   - scale: the gradients are taken times its first element, which is read on the device.
  ///   - moments: the blocks that it keeps.
  ///   - decayed: elements, the first, that weight decay touches.
  ///   - rate: the learning rate.
  ///   - step: counts from 1.
  func update(
    _ parameters: Tensor, gradients: Tensor, scale: Tensor?, moments: [Tensor], decayed: Int,
    rate: Float, step: Int) throws
  /// The definition in double precision.
  func reference(
    _ parameters: inout [Double], gradients: [Double], moments: inout [[Double]], decayed: Int,
    rate: Double, step: Int)
}

extension Optimizer {
  public func update(
    _ parameters: Tensor, gradients: Tensor, moments: [Tensor], decayed: Int, rate: Float,
    step: Int
  ) throws {
    try update(
      parameters, gradients: gradients, scale: nil, moments: moments, decayed: decayed, rate: rate,
      step: step)
  }

  func launch(
    _ kernel: String, _ parameters: Tensor, _ gradients: Tensor, _ scale: Tensor?,
    _ moments: [Tensor], decayed: Int, _ rest: [Float], flags: [Bool] = []
  ) throws {
    let device = parameters.device
    precondition(
      decayed % device.tile.lanes == 0 || decayed == parameters.count,
      "decayed parameters \(decayed) end inside a vector of \(device.tile.lanes)")
    try device.launchElementwise(
      Kernel("optimizers", kernel), count: parameters.count,
      [.tensor(parameters), .tensor(gradients), .tensor(scale)] + moments.map { .tensor($0) },
      [.long(decayed)] + rest.map { .float($0) } + flags.map { .flag($0) })
  }
}

/// Stochastic gradient descent with momentum (PyTorch's form: the rate outside the momentum).
public struct SGD: Optimizer {
  public var momentum: Float
  public var nesterov: Bool
  public var weightDecay: Float
  public let momentCount = 1

  public init(momentum: Float = 0.9, nesterov: Bool = false, weightDecay: Float = 0) {
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  public func update(
    _ parameters: Tensor, gradients: Tensor, scale: Tensor?, moments: [Tensor], decayed: Int,
    rate: Float, step: Int
  ) throws {
    try launch(
      "sgd", parameters, gradients, scale, moments, decayed: decayed,
      [rate, momentum, weightDecay],
      flags: [nesterov])
  }

  public func reference(
    _ parameters: inout [Double], gradients: [Double], moments: inout [[Double]], decayed: Int,
    rate: Double, step: Int
  ) {
    for i in parameters.indices {
      let g = gradients[i] + (i < decayed ? Double(weightDecay) * parameters[i] : 0)
      moments[0][i] = Double(momentum) * moments[0][i] + g
      parameters[i] -= rate * (nesterov ? g + Double(momentum) * moments[0][i] : moments[0][i])
    }
  }
}

/// RMSProp with momentum (PyTorch's form; BigNAS trains with it).
public struct RMSProp: Optimizer {
  public var momentum: Float
  public var smoothing: Float
  public var epsilon: Float
  public var weightDecay: Float
  public let momentCount = 2

  public init(
    momentum: Float = 0.9, smoothing: Float = 0.9, epsilon: Float = 1e-3, weightDecay: Float = 0
  ) {
    self.momentum = momentum
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public func update(
    _ parameters: Tensor, gradients: Tensor, scale: Tensor?, moments: [Tensor], decayed: Int,
    rate: Float, step: Int
  ) throws {
    try launch(
      "rmsprop", parameters, gradients, scale, moments, decayed: decayed,
      [rate, momentum, smoothing, epsilon, weightDecay])
  }

  public func reference(
    _ parameters: inout [Double], gradients: [Double], moments: inout [[Double]], decayed: Int,
    rate: Double, step: Int
  ) {
    let a = Double(smoothing)
    for i in parameters.indices {
      let g = gradients[i] + (i < decayed ? Double(weightDecay) * parameters[i] : 0)
      moments[1][i] = a * moments[1][i] + (1 - a) * g * g
      moments[0][i] =
        Double(momentum) * moments[0][i] + g / (moments[1][i].squareRoot() + Double(epsilon))
      parameters[i] -= rate * moments[0][i]
    }
  }
}

/// Adam (Kingma & Ba 2015), the decay added to the gradient as in PyTorch's `Adam`.
public struct Adam: Optimizer {
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float
  public var weightDecay: Float
  public let momentCount = 2

  public init(
    beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// The bias corrections, folded: rate * m1/c1 / (sqrt(m2/c2) + e) = (rate*sqrt(c2)/c1) * m1 /
  /// (sqrt(m2) + e*sqrt(c2)).
  private func corrections(_ step: Int) -> (rate: Double, epsilon: Double) {
    var (p1, p2) = (1.0, 1.0)
    for _ in 0..<step {
      p1 *= Double(beta1)
      p2 *= Double(beta2)
      if p1 < 1e-30 && p2 < 1e-30 { break }
    }
    let root = (1 - p2).squareRoot()
    return (root / (1 - p1), root)
  }

  public func update(
    _ parameters: Tensor, gradients: Tensor, scale: Tensor?, moments: [Tensor], decayed: Int,
    rate: Float, step: Int
  ) throws {
    let correction = corrections(step)
    try launch(
      "adam", parameters, gradients, scale, moments, decayed: decayed,
      [
        Float(Double(rate) * correction.rate), beta1, beta2,
        Float(Double(epsilon) * correction.epsilon), weightDecay,
      ])
  }

  public func reference(
    _ parameters: inout [Double], gradients: [Double], moments: inout [[Double]], decayed: Int,
    rate: Double, step: Int
  ) {
    let (b1, b2) = (Double(beta1), Double(beta2))
    let correction = corrections(step)
    for i in parameters.indices {
      let g = gradients[i] + (i < decayed ? Double(weightDecay) * parameters[i] : 0)
      moments[0][i] = b1 * moments[0][i] + (1 - b1) * g
      moments[1][i] = b2 * moments[1][i] + (1 - b2) * g * g
      // Bias-corrected moments, written out (algorithm 1).
      let m = moments[0][i] * correction.rate / correction.epsilon
      let v = moments[1][i] / (correction.epsilon * correction.epsilon)
      parameters[i] -= rate * m / (v.squareRoot() + Double(epsilon))
    }
  }
}
