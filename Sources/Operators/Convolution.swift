/// 2-D convolution, channels last: x [N,H,W,Ci], weights [Ky,Kx,Ci/groups,Co] (any slice with
/// dense output channels) to [N,H',W',Co].
public struct Convolution: FusedOperator, Hashable {
  public var stride: Int
  public var padding: Int
  public var dilation: Int
  public var groups: Int

  public init(stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1) {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  /// Zero padding that keeps the size at stride 1.
  public static func same(
    kernel: Int, stride: Int = 1, dilation: Int = 1, groups: Int = 1
  ) -> Convolution {
    Convolution(
      stride: stride, padding: dilation * (kernel - 1) / 2, dilation: dilation, groups: groups)
  }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let (x, w) = (inputs[0], inputs[1])
    precondition(
      x.count == 4 && w.count == 4 && x[3] == w[2] * groups && w[3] % groups == 0,
      "convolution of \(x) with weights \(w) in \(groups) groups")
    let size = { (input: Int, kernel: Int) in
      (input + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
    }
    return [x[0], size(x[1], w[0]), size(x[2], w[1]), w[3]]
  }

  public func multiplyAdds(_ inputs: [Shape]) -> Int {
    let w = inputs[1]
    return outputShape(inputs).product * w[0] * w[1] * w[2]
  }

  /// The way of computing it that fits the weights' shape.
  func method(_ x: Shape, _ w: Tensor) -> any ConvolutionMethod {
    precondition(w.strides[3] == 1, "weights with output channels of stride \(w.strides[3])")
    guard groups == x[3], w.shape[3] == groups, groups > 1, w.shape[0] == w.shape[1] else {
      return matrixMethod(w.device)
    }
    let isTiled = [3, 5, 7].contains(w.shape[0]) && stride <= 2 && dilation == 1
    guard isTiled, padding == w.shape[0] / 2 else {
      return UnfusedConvolution(DepthwiseGather(convolution: self))
    }
    switch w.device.kernelShape {
    case .tile: return DepthwiseConvolution(stride: stride)
    case .group: return GroupDepthwiseConvolution(stride: stride)
    }
  }

  /// As a matrix product, by the kernels of the device's shape.
  func matrixMethod(_ device: any Device) -> any ConvolutionMethod {
    switch device.kernelShape {
    case .tile: MatrixConvolution(convolution: self)
    case .group: GroupMatrixConvolution(convolution: self)
    }
  }

  public var outputActivation: Activation? { nil }

  public func forward(_ inputs: [Variable]) throws -> FusedForward {
    let (x, w) = (inputs[0], try inputs[1].activations())
    let method = method(x.shape, w)
    let y = try x.device.empty(outputShape([x.shape, w.shape]))
    _ = try method.forward(
      readsThrough(x, method) ? x.reading : .asIs(try x.activations()), w, into: y, .plain)
    return FusedForward(y)
  }

  public func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws {
    guard let gradient = output.gradient else { return }
    let (x, w) = (inputs[0], try inputs[1].activations())
    let method = method(x.shape, w)
    let readsThrough = readsThrough(x, method)
    try method.backward(
      readsThrough ? x.reading : .asIs(try x.activations()), w, .asIs(gradient),
      weights: try inputs[1].sink(),
      input: readsThrough ? x : Variable(try x.activations(), sink: try x.sink()))
  }

  /// Whether x is read through its normalization, or as numbers made once for all such readers.
  ///
  /// Without statistics it stores floats, and makes them of nothing else.
  private func readsThrough(_ x: Variable, _ method: any ConvolutionMethod) -> Bool {
    method.isFused && x.stored.element == .float
  }
}

/// A way of computing a convolution and its two gradients.
protocol ConvolutionMethod {
  /// Whether its kernels read and finish by themselves; they can store results as halves, too.
  var isFused: Bool { get }
  /// Returns the sums that `finish` asks for.
  func forward(_ x: Reading, _ w: Tensor, into y: Tensor, _ finish: Finish) throws -> ChannelSums?
  /// Contributes to the gradients of the weights and, where it wants one, of the input.
  func backward(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, weights: GradientSink?, input: Variable) throws
}

extension ConvolutionMethod {
  var isFused: Bool { true }
}

extension Convolution {
  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let (x, w) = (inputs[0], inputs[1])
    var y = ReferenceArray(zeros: outputShape([x.shape, w.shape]))
    let (depth, columns) = (w.shape[2], w.shape[3] / groups)
    for n in 0..<y.shape[0] {
      for oy in 0..<y.shape[1] {
        for ox in 0..<y.shape[2] {
          for ky in 0..<w.shape[0] {
            for kx in 0..<w.shape[1] {
              let iy = oy * stride - padding + ky * dilation
              let ix = ox * stride - padding + kx * dilation
              guard (0..<x.shape[1]).contains(iy), (0..<x.shape[2]).contains(ix) else { continue }
              for co in 0..<y.shape[3] {
                for ci in 0..<depth {
                  y[n, oy, ox, co] += x[n, iy, ix, co / columns * depth + ci] * w[ky, kx, ci, co]
                }
              }
            }
          }
        }
      }
    }
    return y
  }

  public static var cases: [OperatorCase] {
    [
      .init("1x1", Convolution(), [.activation(2, 5, 5, 24), .parameter(1, 1, 24, 40)]),
      .init(
        "1x1, one pixel, batch 1", Convolution(), [.activation(1, 1, 1, 3), .parameter(1, 1, 3, 7)]),
      .init(
        "1x1 slice of shared weights", Convolution(),
        [
          .activation(1, 3, 7, 17),
          .slice([1, 1, 17, 33], of: [1, 1, 20, 50], from: [0, 0, 0, 0]),
        ]),
      .init(
        "1x1 many rows", Convolution(), [.activation(2, 20, 21, 9), .parameter(1, 1, 9, 13)]),
      .init(
        "1x1, a narrow last tile", Convolution(),
        [.activation(1, 3, 3, 7), .parameter(1, 1, 7, 72)]),
      .init(
        "1x1, several tiles each way", Convolution(),
        [.activation(1, 10, 13, 18), .parameter(1, 1, 18, 100)]),
      .init(
        "1x1, long sums of few rows", Convolution(),
        [.activation(1, 3, 3, 201), .parameter(1, 1, 201, 40)]),
      .init(
        "1x1 stride 2", Convolution(stride: 2), [.activation(2, 5, 6, 5), .parameter(1, 1, 5, 19)]),
      .init(
        "3x3", .same(kernel: 3) as Convolution, [.activation(2, 5, 6, 5), .parameter(3, 3, 5, 18)]),
      .init(
        "3x3 stem", .same(kernel: 3, stride: 2) as Convolution,
        [.activation(2, 9, 9, 1), .parameter(3, 3, 1, 16)]),
      .init(
        "3x3, one channel, two rows", .same(kernel: 3) as Convolution,
        [.activation(3, 2, 9, 1), .parameter(3, 3, 1, 24)]),
      .init(
        "5x2, two channels", .same(kernel: 2) as Convolution,
        [.activation(2, 5, 6, 2), .parameter(5, 2, 2, 7)]),
      .init(
        "3x3 stride 2, even size, RGB", .same(kernel: 3, stride: 2) as Convolution,
        [.activation(1, 8, 6, 3), .parameter(3, 3, 3, 33)]),
      .init(
        "5x5 on one pixel", .same(kernel: 5) as Convolution,
        [.activation(1, 1, 1, 2), .parameter(5, 5, 2, 3)]),
      .init(
        "3x3 dilation 2", .same(kernel: 3, dilation: 2) as Convolution,
        [.activation(1, 7, 5, 3), .parameter(3, 3, 3, 17)]),
      .init(
        "2x3 no padding", Convolution(), [.activation(1, 4, 5, 3), .parameter(2, 3, 3, 5)]),
      .init(
        "3x3 in 2 groups", .same(kernel: 3, stride: 2, groups: 2) as Convolution,
        [.activation(1, 5, 5, 6), .parameter(3, 3, 3, 10)]),
      .init(
        "3x3 centre of shared 5x5", .same(kernel: 3) as Convolution,
        [
          .activation(1, 5, 4, 4),
          .slice([3, 3, 4, 9], of: [5, 5, 6, 20], from: [1, 1, 0, 0]),
        ]),
      .init(
        "3x3, many rows", .same(kernel: 3) as Convolution,
        [.activation(2, 24, 20, 7), .parameter(3, 3, 7, 9)]),
      .init(
        "3x3, several images in a block", .same(kernel: 3) as Convolution,
        [.activation(5, 4, 5, 17), .parameter(3, 3, 17, 20)]),
      .init(
        "3x3 stride 2 in 2 groups of many channels",
        .same(kernel: 3, stride: 2, groups: 2) as Convolution,
        [.activation(2, 11, 8, 38), .parameter(3, 3, 19, 22)]),
      .init(
        "1x5 padded beyond its height", Convolution(padding: 2),
        [.activation(3, 4, 9, 8), .parameter(1, 5, 8, 9)]),
      .init(
        "2x3 stride 3, many channels", Convolution(stride: 3, padding: 1),
        [.activation(3, 7, 8, 13), .parameter(2, 3, 13, 18)]),
      .init(
        "5x5 on small images of many channels", .same(kernel: 5) as Convolution,
        [.activation(3, 2, 1, 18), .parameter(5, 5, 18, 5)]),
      .init(
        "3x3 slice of shared 5x5, many channels", .same(kernel: 3) as Convolution,
        [
          .activation(2, 5, 4, 7),
          .slice([3, 3, 7, 17], of: [5, 5, 9, 20], from: [1, 1, 0, 0]),
        ]),
      .init(
        "5x5 no padding, many channels", Convolution(),
        [.activation(2, 9, 8, 52), .parameter(5, 5, 52, 18)]),
      .init(
        "depthwise 3x3", .same(kernel: 3, groups: 19) as Convolution,
        [.activation(2, 6, 5, 19), .parameter(3, 3, 1, 19)]),
      .init(
        "depthwise 3x3 one pixel", .same(kernel: 3, groups: 5) as Convolution,
        [.activation(1, 1, 1, 5), .parameter(3, 3, 1, 5)]),
      .init(
        "depthwise 5x5 stride 2", .same(kernel: 5, stride: 2, groups: 16) as Convolution,
        [.activation(1, 9, 8, 16), .parameter(5, 5, 1, 16)]),
      .init(
        "depthwise 7x7 stride 2, odd", .same(kernel: 7, stride: 2, groups: 7) as Convolution,
        [.activation(2, 5, 11, 7), .parameter(7, 7, 1, 7)]),
      .init(
        "depthwise 3x3 dilation 2", .same(kernel: 3, dilation: 2, groups: 8) as Convolution,
        [.activation(1, 7, 6, 8), .parameter(3, 3, 1, 8)]),
      .init(
        "depthwise 3x3 dilation 2, stride 2",
        .same(kernel: 3, stride: 2, dilation: 2, groups: 3) as Convolution,
        [.activation(1, 7, 10, 3), .parameter(3, 3, 1, 3)]),
      .init(
        "depthwise 3x3 stride 3", .same(kernel: 3, stride: 3, groups: 6) as Convolution,
        [.activation(1, 7, 8, 6), .parameter(3, 3, 1, 6)]),
      .init(
        "depthwise 5x5, two tiles of 7", .same(kernel: 5, groups: 34) as Convolution,
        [.activation(1, 4, 14, 34), .parameter(5, 5, 1, 34)]),
      .init(
        "depthwise 5x5, tiles of 6 past the end", .same(kernel: 5, groups: 3) as Convolution,
        [.activation(2, 3, 11, 3), .parameter(5, 5, 1, 3)]),
      .init(
        "depthwise 7x7, smaller than the kernel", .same(kernel: 7, groups: 9) as Convolution,
        [.activation(2, 2, 3, 9), .parameter(7, 7, 1, 9)]),
      .init(
        "depthwise 5x5 no padding", Convolution(groups: 4),
        [.activation(1, 6, 13, 4), .parameter(5, 5, 1, 4)]),
      .init(
        "depthwise 3x3 stride 2, tiles of 5",
        .same(kernel: 3, stride: 2, groups: 17) as Convolution,
        [.activation(1, 5, 20, 17), .parameter(3, 3, 1, 17)]),
      .init(
        "depthwise 3x3 many rows", .same(kernel: 3, groups: 2) as Convolution,
        [.activation(1, 50, 28, 2), .parameter(3, 3, 1, 2)]),
      .init(
        "depthwise 3x3, several tiles each way", .same(kernel: 3, groups: 37) as Convolution,
        [.activation(1, 11, 18, 37), .parameter(3, 3, 1, 37)]),
      .init(
        "depthwise 5x5 stride 2, several tiles each way",
        .same(kernel: 5, stride: 2, groups: 35) as Convolution,
        [.activation(1, 13, 20, 35), .parameter(5, 5, 1, 35)]),
      .init(
        "depthwise 3x3 centre of shared 7x7", .same(kernel: 3, groups: 20) as Convolution,
        [
          .activation(1, 5, 6, 20),
          .slice([3, 3, 1, 20], of: [7, 7, 1, 36], from: [2, 2, 0, 0]),
        ]),
    ]
  }
}
