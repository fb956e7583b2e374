/// The same numbers under another shape; nothing is copied.
public struct Reshape: FusedOperator {
  public var shape: Shape

  public init(_ shape: Shape) { self.shape = shape }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    precondition(
      inputs[0].product == shape.product, "reshape \(inputs[0]) to \(shape)")
    return shape
  }

  public var outputActivation: Activation? { nil }

  public func forward(_ inputs: [Variable]) throws -> FusedForward {
    FusedForward(try inputs[0].activations().reshaped(shape))
  }

  public func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws {
    guard let gradient = output.gradient else { return }
    try inputs[0].contribute(gradient.reshaped(inputs[0].shape))
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    ReferenceArray(shape, inputs[0].values)
  }

  public static var cases: [OperatorCase] {
    [
      .init("rows of images", Self([6, 20]), [.activation(2, 3, 4, 5)]),
      .init("one element", Self([1]), [.activation(1, 1, 1, 1)]),
    ]
  }
}
