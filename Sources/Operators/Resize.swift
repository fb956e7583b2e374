/// Bilinear resize, half-pixel centres, no antialiasing: [N,H,W,C] to [N,height,width,C].
///
/// PyTorch's `interpolate(mode="bilinear", align_corners=False)`; gives elastic resolution.
public struct Resize: Operator {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    [inputs[0][0], height, width, inputs[0][3]]
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let x = inputs[0]
    let y = try x.device.empty(outputShape([x.shape]))
    try x.device.launch(
      Kernel("resize", "resize"), items: x.shape[0] * height,
      [
        .tensor(x), .tensor(y), .int(x.shape[1]), .int(x.shape[2]), .int(height), .int(width),
        .int(x.shape[3]),
      ])
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    guard let sink = pass.sinks[0] else { return }
    let x = pass.inputs[0]
    try x.device.launch(
      Kernel("resize", "resize_gradient"), items: x.shape[0] * x.shape[1],
      [
        .tensor(pass.gradient), .tensor(sink.tensor), .int(x.shape[1]), .int(x.shape[2]),
        .int(height), .int(width), .int(x.shape[3]), .flag(sink.accumulate),
      ])
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let x = inputs[0]
    func sample(_ o: Int, _ inSize: Int, _ outSize: Int) -> (low: Int, high: Int, weight: Double) {
      let at = max((Double(o) + 0.5) * Double(inSize) / Double(outSize) - 0.5, 0)
      let low = min(Int(at), inSize - 1)
      return (low, min(low + 1, inSize - 1), at - Double(low))
    }
    var y = ReferenceArray(zeros: outputShape([x.shape]))
    for n in 0..<x.shape[0] {
      for oy in 0..<height {
        let sy = sample(oy, x.shape[1], height)
        for ox in 0..<width {
          let sx = sample(ox, x.shape[2], width)
          for c in 0..<x.shape[3] {
            let top =
              x[n, sy.low, sx.low, c] * (1 - sx.weight) + x[n, sy.low, sx.high, c] * sx.weight
            let bottom =
              x[n, sy.high, sx.low, c] * (1 - sx.weight) + x[n, sy.high, sx.high, c] * sx.weight
            y[n, oy, ox, c] = top * (1 - sy.weight) + bottom * sy.weight
          }
        }
      }
    }
    return y
  }

  public static var cases: [OperatorCase] {
    [
      .init("down", Self(height: 5, width: 4), [.activation(2, 8, 7, 3)]),
      .init("down by 3", Self(height: 3, width: 2), [.activation(1, 9, 8, 1)]),
      .init("up", Self(height: 9, width: 10), [.activation(1, 5, 4, 17)]),
      .init("from one pixel", Self(height: 3, width: 2), [.activation(1, 1, 1, 2)]),
      .init("same", Self(height: 4, width: 4), [.activation(1, 4, 4, 2)]),
    ]
  }
}
