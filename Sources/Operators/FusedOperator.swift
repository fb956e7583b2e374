/// An operator that reads its inputs through their normalizations, and may leave its own output's
/// to its readers.
public protocol FusedOperator: Operator {
  func forward(_ inputs: [Variable]) throws -> FusedForward
  /// The activation of its output, where it has one of its own; if readers are to apply it, with
  /// the batch norm before it.
  var outputActivation: Activation? { get }
  /// Takes the output's gradient to the inputs.
  func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws
}

/// What the forward pass leaves.
public struct FusedForward {
  public var stored: Tensor
  public var normalization: Normalization?
  public var saved: [Tensor]
  /// Inputs whose gradients will be the output's.
  public var summands: [Variable]

  public init(
    _ stored: Tensor, _ normalization: Normalization? = nil, saved: [Tensor] = [],
    summands: [Variable] = []
  ) {
    self.stored = stored
    self.normalization = normalization
    self.saved = saved
    self.summands = summands
  }
}

extension FusedOperator {
  public var fused: (any FusedOperator)? { self }
}

/// By itself: from numbers to numbers.
extension FusedOperator {
  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let result = try forward(inputs.map { Variable($0) })
    guard let normalization = result.normalization else {
      return Forward(try Reading.asIs(result.stored).materialized(), saved: result.saved)
    }
    return Forward(
      try Reading.normalized(result.stored, normalization).materialized(),
      saved: [result.stored, normalization.saved] + result.saved)
  }

  public func backward(_ pass: Backward) throws {
    let inputs = zip(pass.inputs, pass.sinks).map { Variable($0, sink: $1) }
    let output: Variable
    var saved = pass.saved
    if let activation = outputActivation {
      output = Variable(
        computed: saved[0], Normalization(saved: saved[1], activation: activation),
        requiresGradient: true)
      saved.removeFirst(2)
    } else {
      output = Variable(computed: pass.output, nil, requiresGradient: true)
    }
    output.setGradient(pass.gradient)
    try backward(inputs, output, saved: saved)
  }
}
