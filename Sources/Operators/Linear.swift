/// x [N,Ci] times weights [Ci,Co] (any slice with dense columns) plus bias [Co]: [N,Co].
public struct Linear: Operator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let (x, w, b) = (inputs[0], inputs[1], inputs[2])
    precondition(x.count == 2 && x[1] == w[0] && b == [w[1]], "linear of \(x) by \(w) plus \(b)")
    return [x[0], w[1]]
  }

  public func multiplyAdds(_ inputs: [Shape]) -> Int { inputs[0][0] * inputs[1].product }

  /// A 1x1 convolution of images of one pixel.
  private func method(_ w: Tensor) -> any ConvolutionMethod {
    Convolution().matrixMethod(w.device)
  }

  private func pixels(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], 1, 1, x.shape[1]]) }

  private func kernel(_ w: Tensor) -> Tensor {
    Tensor(
      storage: w.storage, offset: w.offset, shape: [1, 1] + w.shape, strides: [0, 0] + w.strides)
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let y = try inputs[0].device.empty(outputShape(inputs.map(\.shape)))
    _ = try method(inputs[1]).forward(
      .asIs(pixels(inputs[0])), kernel(inputs[1]), into: pixels(y),
      .normalize(Finish.InferenceNorm(beta: inputs[2])))
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    let (x, w) = (pass.inputs[0], pass.inputs[1])
    if let sink = pass.sinks[2] { try x.device.sumRows(pass.gradient, into: sink) }
    let sinks = (
      x: pass.sinks[0].map { GradientSink(pixels($0.tensor), accumulate: $0.accumulate) },
      w: pass.sinks[1].map { GradientSink(kernel($0.tensor), accumulate: $0.accumulate) }
    )
    try method(w).backward(
      .asIs(pixels(x)), kernel(w), .asIs(pixels(pass.gradient)), weights: sinks.w,
      input: Variable(pixels(x), sink: sinks.x))
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let (x, w, b) = (inputs[0], inputs[1], inputs[2])
    var y = ReferenceArray(zeros: outputShape(inputs.map(\.shape)))
    for n in 0..<y.shape[0] {
      for j in 0..<y.shape[1] {
        y[n, j] = (0..<x.shape[1]).reduce(b.values[j]) { $0 + x[n, $1] * w[$1, j] }
      }
    }
    return y
  }

  public static var cases: [OperatorCase] {
    [
      .init("odd", Self(), [.activation(5, 21), .parameter(21, 10), .parameter(10)]),
      .init("batch 1", Self(), [.activation(1, 3), .parameter(3, 50), .parameter(50)]),
      .init("many rows", Self(), [.activation(2500, 3), .parameter(3, 2), .parameter(2)]),
      .init(
        "slice", Self(),
        [.activation(4, 9), .slice([9, 10], of: [16, 10], from: [0, 0]), .parameter(10)]),
    ]
  }
}
