/// The same numbers, stored as halves.
///
/// The convolutions and sums that read them store halves too, as far as the chain goes. The
/// gradient passes unchanged, in floats.
public struct Narrow: FusedOperator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  public var outputActivation: Activation? { nil }

  public func forward(_ inputs: [Variable]) throws -> FusedForward {
    let x = try inputs[0].activations()
    let y = try x.device.empty(x.shape, of: .half)
    try x.device.launchElementwise(
      Kernel("reading", "store_elements", on: .half), count: x.count, [.tensor(x), .tensor(y)])
    return FusedForward(y)
  }

  public func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws {
    guard let gradient = output.gradient else { return }
    try inputs[0].contribute(gradient)
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray { inputs[0] }

  public static var cases: [OperatorCase] {
    [
      .init(
        "whole numbers, odd", Self(), [.constant(2, 3, 5, 7, values: .labels(2049))]),
      .init("one element", Self(), [.constant(1, 1, 1, 1, values: .labels(9))]),
      .init(
        "any numbers", Self(), [.activation(1, 4, 5, 9)], tolerance: OperatorCase.halfTolerance),
    ]
  }
}
