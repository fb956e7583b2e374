@_exported import Compute
@_exported import Ranks

/// What a layer computes: forward beside backward, its cost, its definition and its cases.
///
/// A new operator is a new file and a line in `OperatorCatalogue`; the laws on every device and a
/// benchmark row come with it. Inputs are activations (dense) and parameters (slices, with
/// strides); there is one output.
public protocol Operator: Sendable {
  /// The output's shape; stops the program on inputs that do not fit together.
  func outputShape(_ inputs: [Shape]) -> Shape
  /// Multiply-adds of one forward pass.
  func multiplyAdds(_ inputs: [Shape]) -> Int
  func forward(_ inputs: [Tensor]) throws -> Forward
  /// Writes, or adds, the gradients that `pass.sinks` ask for.
  func backward(_ pass: Backward) throws
  /// Itself where it reads its inputs through their normalizations; asking the type costs more.
  var fused: (any FusedOperator)? { get }
  /// The definition in double precision, by plain loops.
  func reference(_ inputs: [ReferenceArray]) -> ReferenceArray
  static var cases: [OperatorCase] { get }
}

extension Operator {
  public func multiplyAdds(_ inputs: [Shape]) -> Int { 0 }

  public var fused: (any FusedOperator)? { nil }
}

/// What the forward pass leaves: its output, and what the way back needs besides inputs and output.
public struct Forward {
  public var output: Tensor
  public var saved: [Tensor]

  public init(_ output: Tensor, saved: [Tensor] = []) {
    self.output = output
    self.saved = saved
  }
}

/// Where an input's gradient goes: written, or added to what is there.
public struct GradientSink {
  public var tensor: Tensor
  public var accumulate: Bool

  public init(_ tensor: Tensor, accumulate: Bool) {
    self.tensor = tensor
    self.accumulate = accumulate
  }
}

/// What the backward pass starts from.
public struct Backward {
  public var inputs: [Tensor]
  public var output: Tensor
  public var saved: [Tensor]
  /// The loss's gradient with respect to the output.
  public var gradient: Tensor
  /// One per input; nil where no gradient is wanted.
  public var sinks: [GradientSink?]

  public init(
    inputs: [Tensor], output: Tensor, saved: [Tensor], gradient: Tensor, sinks: [GradientSink?]
  ) {
    self.inputs = inputs
    self.output = output
    self.saved = saved
    self.gradient = gradient
    self.sinks = sinks
  }
}
