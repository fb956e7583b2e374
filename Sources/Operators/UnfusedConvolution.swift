/// A convolution and its gradients from numbers to numbers.
protocol PlainConvolution {
  func forward(_ x: Tensor, _ w: Tensor, into y: Tensor) throws
  func inputGradient(_ w: Tensor, _ gradient: Tensor, into sink: GradientSink) throws
  func weightGradient(
    _ x: Tensor, _ w: Tensor, _ gradient: Tensor, into sink: GradientSink) throws
}

/// Passes of their own before and after a convolution whose kernels fuse nothing.
struct UnfusedConvolution: ConvolutionMethod {
  private let plain: any PlainConvolution

  init(_ plain: any PlainConvolution) { self.plain = plain }

  var isFused: Bool { false }

  func forward(_ x: Reading, _ w: Tensor, into y: Tensor, _ finish: Finish) throws -> ChannelSums? {
    let numbers = try x.materialized()
    guard case .normalize(let norm) = finish else {
      try plain.forward(numbers, w, into: y)
      guard case .statistics = finish else { return nil }
      return try ChannelSums.statistics(of: y)
    }
    let z = try y.device.empty(y.shape)
    try plain.forward(numbers, w, into: z)
    try Reading.normalized(z, try norm.normalization())
      .materialize(into: GradientSink(y, accumulate: false))
    if let addend = norm.addend { try y.device.copy(addend, to: y, accumulate: true) }
    return nil
  }

  func backward(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, weights: GradientSink?, input: Variable
  ) throws {
    let numbers = try gradient.materialized()
    if let weights {
      try plain.weightGradient(try x.materialized(), w, numbers, into: weights)
    }
    if let sink = try input.sink() { try plain.inputGradient(w, numbers, into: sink) }
  }
}
