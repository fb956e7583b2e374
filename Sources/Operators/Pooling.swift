/// A square window sliding over [N,H,W,C]; padding counts as absent.
public struct PoolingWindow: Sendable {
  public var size: Int
  public var stride: Int
  public var padding: Int

  public init(size: Int, stride: Int, padding: Int = 0) {
    precondition(
      size > padding * 2 - 1 && stride > 0, "pooling window \(size)/\(stride)/\(padding)")
    self.size = size
    self.stride = stride
    self.padding = padding
  }

  func outputShape(_ x: Shape) -> Shape {
    let side = { (input: Int) in (input + 2 * padding - size) / stride + 1 }
    return [x[0], side(x[1]), side(x[2]), x[3]]
  }

  /// Channels of a work-item.
  private func itemChannels(_ x: Tensor) -> Int {
    let tile = x.device.tile
    return min(tile.padded(x.shape[3]), tile.elementsPerItem)
  }

  /// Work-items for rows of x's channels.
  func items(rows: Int, _ x: Tensor) -> Int {
    rows * x.shape[3].dividedRoundingUp(by: itemChannels(x))
  }

  /// The kernels' arguments from the input's height to an item's channels.
  func arguments(_ x: Tensor, _ y: Shape) -> [KernelArgument] {
    [
      x.shape[1], x.shape[2], y[1], y[2], x.shape[3], size, stride, padding, itemChannels(x),
    ].map { .int($0) }
  }

  /// The input positions inside the window at output position (oy, ox).
  func positions(_ oy: Int, _ ox: Int, in x: Shape) -> [(y: Int, x: Int)] {
    (0..<size * size).compactMap { k in
      let (iy, ix) = (oy * stride - padding + k / size, ox * stride - padding + k % size)
      return (0..<x[1]).contains(iy) && (0..<x[2]).contains(ix) ? (iy, ix) : nil
    }
  }

  /// The pooling by plain loops, with `combine` of each window's values.
  func reference(_ x: ReferenceArray, combine: ([Double]) -> Double) -> ReferenceArray {
    var y = ReferenceArray(zeros: outputShape(x.shape))
    for n in 0..<y.shape[0] {
      for oy in 0..<y.shape[1] {
        for ox in 0..<y.shape[2] {
          let inside = positions(oy, ox, in: x.shape)
          for c in 0..<y.shape[3] {
            y[n, oy, ox, c] = combine(inside.map { x[n, $0.y, $0.x, c] })
          }
        }
      }
    }
    return y
  }
}

/// The largest value of each window: [N,H,W,C] to [N,H',W',C].
public struct MaxPool: Operator {
  public var window: PoolingWindow

  public init(_ window: PoolingWindow) { self.window = window }

  public func outputShape(_ inputs: [Shape]) -> Shape { window.outputShape(inputs[0]) }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let x = inputs[0]
    let y = try x.device.empty(outputShape([x.shape]))
    let tap = try x.device.empty(y.shape)
    try x.device.launch(
      Kernel("pooling", "max_pool"),
      items: window.items(rows: y.shape[0] * y.shape[1], x),
      [.tensor(x), .tensor(y), .tensor(tap)], window.arguments(x, y.shape))
    return Forward(y, saved: [tap])
  }

  public func backward(_ pass: Backward) throws {
    guard let sink = pass.sinks[0] else { return }
    let x = pass.inputs[0]
    try x.device.launch(
      Kernel("pooling", "max_pool_gradient"),
      items: window.items(rows: x.shape[0] * x.shape[1], x),
      [.tensor(pass.gradient), .tensor(pass.saved[0]), .tensor(sink.tensor)],
      window.arguments(x, pass.output.shape), [.flag(sink.accumulate)])
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    window.reference(inputs[0]) { $0.max() ?? 0 }
  }

  public static var cases: [OperatorCase] {
    [
      .init(
        "3x3 stride 1", Self(.init(size: 3, stride: 1, padding: 1)),
        [.activation(2, 4, 5, 18, values: .spread)]),
      .init(
        "3x3 stride 2", Self(.init(size: 3, stride: 2, padding: 1)),
        [.activation(1, 7, 6, 5, values: .spread)]),
      .init("2x2", Self(.init(size: 2, stride: 2)), [.activation(1, 5, 4, 16, values: .spread)]),
      .init("one pixel", Self(.init(size: 3, stride: 1, padding: 1)), [.activation(1, 1, 1, 1)]),
    ]
  }
}

/// The mean of each window: [N,H,W,C] to [N,H',W',C].
public struct AveragePool: Operator {
  public var window: PoolingWindow
  /// Whether padding counts as zeros in the mean.
  public var countsPadding: Bool

  public init(_ window: PoolingWindow, countsPadding: Bool = false) {
    self.window = window
    self.countsPadding = countsPadding
  }

  public func outputShape(_ inputs: [Shape]) -> Shape { window.outputShape(inputs[0]) }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let x = inputs[0]
    let y = try x.device.empty(outputShape([x.shape]))
    try x.device.launch(
      Kernel("pooling", "average_pool"),
      items: window.items(rows: y.shape[0] * y.shape[1], x),
      [.tensor(x), .tensor(y)], window.arguments(x, y.shape), [.flag(countsPadding)])
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    guard let sink = pass.sinks[0] else { return }
    let x = pass.inputs[0]
    try x.device.launch(
      Kernel("pooling", "average_pool_gradient"),
      items: window.items(rows: x.shape[0] * x.shape[1], x),
      [.tensor(pass.gradient), .tensor(sink.tensor)], window.arguments(x, pass.output.shape),
      [.flag(countsPadding), .flag(sink.accumulate)])
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    window.reference(inputs[0]) { values in
      values.reduce(0, +) / Double(countsPadding ? window.size * window.size : values.count)
    }
  }

  public static var cases: [OperatorCase] {
    [
      .init(
        "3x3 stride 1", Self(.init(size: 3, stride: 1, padding: 1)), [.activation(2, 4, 5, 17)]),
      .init(
        "3x3 stride 2, padding counted",
        Self(.init(size: 3, stride: 2, padding: 1), countsPadding: true),
        [.activation(1, 7, 6, 5)]),
      .init("2x2", Self(.init(size: 2, stride: 2)), [.activation(1, 5, 4, 32)]),
    ]
  }
}
