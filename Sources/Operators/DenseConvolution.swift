/// A dense or grouped KxK convolution as an implicit matrix product.
struct DenseConvolution: ConvolutionMethod {
  var convolution: Convolution

  func forward(_ x: Tensor, _ w: Tensor, into y: Tensor) throws {
    try gather(
      x, w, weightStrides: Array(w.strides.prefix(3)),
      groupStride: w.shape[3] / convolution.groups, into: GradientSink(y, accumulate: false),
      mul: convolution.stride, div: 1, shift: -convolution.padding, step: convolution.dilation)
  }

  func inputGradient(
    _ x: Tensor, _ w: Tensor, _ gradient: Tensor, into sink: GradientSink
  ) throws {
    let (depth, columns) = (w.shape[2], w.shape[3] / convolution.groups)
    let block = w.shape[0] * w.shape[1] * depth * columns
    // [groups, Ky, Kx, columns, depth]
    let turned = try x.device.empty([convolution.groups, w.shape[0], w.shape[1], columns, depth])
    for group in 0..<convolution.groups {
      let part = w.slice(
        from: [0, 0, 0, group * columns], sizes: [w.shape[0], w.shape[1], depth, columns])
      try x.device.launch(
        Kernel("matmul", "transpose"), items: w.shape[0] * w.shape[1] * columns,
        [
          .tensor(part), .int(w.strides[2]), .int(w.strides[0]), .int(w.strides[1]),
          .int(w.shape[1]), .storage(turned.storage, offset: turned.offset + group * block),
          .int(depth), .int(columns),
        ])
    }
    try gather(
      gradient, turned, weightStrides: Array(turned.strides[1...3]), groupStride: block,
      kernel: (w.shape[0], w.shape[1]), into: sink, mul: 1, div: convolution.stride,
      shift: convolution.padding, step: -convolution.dilation)
  }

  /// One launch of the gather kernel, in either direction (see `kernels/prelude.h`).
  private func gather(
    _ x: Tensor, _ w: Tensor, weightStrides: [Int], groupStride: Int,
    kernel: (y: Int, x: Int)? = nil, into sink: GradientSink, mul: Int, div: Int, shift: Int,
    step: Int
  ) throws {
    let y = sink.tensor
    let tile = y.device.tile
    let columns = y.shape[3] / convolution.groups
    let vectors = tile.columnVectors(columns, limit: 2)
    let positions = y.shape[0] * y.shape[1] * y.shape[2]
    let size = kernel ?? (w.shape[0], w.shape[1])
    try y.device.launch(
      Kernel("convolution", "convolution"),
      items: positions.dividedRoundingUp(by: tile.rows) * convolution.groups
        * tile.vectors(columns).dividedRoundingUp(by: vectors),
      [
        .tensor(x), .tensor(w), .int(weightStrides[0]), .int(weightStrides[1]),
        .int(weightStrides[2]), .int(groupStride), .tensor(y), .int(x.shape[0]), .int(x.shape[1]),
        .int(x.shape[2]), .int(x.shape[3]), .int(y.shape[1]), .int(y.shape[2]), .int(y.shape[3]),
        .int(convolution.groups), .int(size.y), .int(size.x), .int(mul), .int(div), .int(shift),
        .int(shift), .int(step), .int(vectors), .flag(sink.accumulate),
      ])
  }

  func weightGradient(
    _ x: Tensor, _ w: Tensor, _ gradient: Tensor, into sink: GradientSink
  ) throws {
    let tile = x.device.tile
    let positions = gradient.shape[0] * gradient.shape[1] * gradient.shape[2]
    let (depth, columns) = (w.shape[2], w.shape[3] / convolution.groups)
    let chunk = max(1024, w.count / 8)
    let splits = positions.dividedRoundingUp(by: chunk)
    let partial = try x.device.empty([splits] + w.shape)
    try x.device.launch(
      Kernel("convolution", "convolution_weights"),
      items: splits * w.shape[0] * w.shape[1] * depth.dividedRoundingUp(by: tile.rows)
        * convolution.groups * tile.vectors(columns),
      [
        .tensor(x), .tensor(gradient), .tensor(partial), .int(x.shape[0]), .int(x.shape[1]),
        .int(x.shape[2]), .int(x.shape[3]), .int(gradient.shape[1]), .int(gradient.shape[2]),
        .int(gradient.shape[3]), .int(convolution.groups), .int(w.shape[0]), .int(w.shape[1]),
        .int(convolution.stride), .int(convolution.dilation), .int(convolution.padding),
        .int(convolution.padding), .int(chunk),
      ])
    try x.device.sumPartials(partial, into: sink)
  }
}
