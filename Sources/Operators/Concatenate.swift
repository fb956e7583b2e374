/// Activations of one size joined along the channels: [N,H,W,C1] and [N,H,W,C2] to [N,H,W,C1+C2].
public struct Concatenate: Operator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let sizes = Shape(inputs[0].dropLast())
    precondition(inputs.allSatisfy { Shape($0.dropLast()) == sizes }, "concatenate \(inputs)")
    return sizes + [inputs.reduce(0) { $0 + $1[$1.count - 1] }]
  }

  /// The channels of `joined` that belong to each input, as matrices [rows, channels].
  private func parts(of joined: Tensor, _ inputs: [Tensor]) -> [Tensor] {
    let total = joined.shape[joined.shape.count - 1]
    let matrix = joined.reshaped([joined.count / total, total])
    var start = 0
    return inputs.map { input in
      let channels = input.shape[input.shape.count - 1]
      defer { start += channels }
      return matrix.slice(from: [0, start], sizes: [matrix.shape[0], channels])
    }
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let y = try inputs[0].device.empty(outputShape(inputs.map(\.shape)))
    for (x, part) in zip(inputs, parts(of: y, inputs)) {
      try y.device.copyRows(from: x.reshaped(part.shape), to: part)
    }
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    for (sink, part) in zip(pass.sinks, parts(of: pass.gradient, pass.inputs)) {
      guard let sink else { continue }
      try part.device.copyRows(
        from: part, to: sink.tensor.reshaped(part.shape), accumulate: sink.accumulate)
    }
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let shape = outputShape(inputs.map(\.shape))
    let rows = shape.dropLast().reduce(1, *)
    var values: [Double] = []
    for r in 0..<rows {
      for x in inputs {
        let channels = x.shape[x.shape.count - 1]
        values += x.values[r * channels..<(r + 1) * channels]
      }
    }
    return ReferenceArray(shape, values)
  }

  public static var cases: [OperatorCase] {
    [
      .init(
        "three", Self(),
        [.activation(2, 3, 2, 5), .activation(2, 3, 2, 16), .activation(2, 3, 2, 18)]),
      .init("one", Self(), [.activation(1, 1, 1, 3)]),
    ]
  }
}
