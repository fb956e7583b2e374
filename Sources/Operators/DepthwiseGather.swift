/// A convolution of each channel by itself, of any size, stride, dilation and padding.
struct DepthwiseGather: PlainConvolution {
  var convolution: Convolution

  func forward(_ x: Tensor, _ w: Tensor, into y: Tensor) throws {
    try gather(
      x, w, into: GradientSink(y, accumulate: false), mul: convolution.stride, div: 1,
      shift: -convolution.padding, step: convolution.dilation)
  }

  func inputGradient(
    _ w: Tensor, _ gradient: Tensor, into sink: GradientSink
  ) throws {
    try gather(
      gradient, w, into: sink, mul: 1, div: convolution.stride, shift: convolution.padding,
      step: -convolution.dilation)
  }

  func weightGradient(
    _ x: Tensor, _ w: Tensor, _ gradient: Tensor, into sink: GradientSink
  ) throws {
    let tile = x.device.tile
    let (size, channels) = (w.shape[0], w.shape[3])
    let rows = gradient.shape[0] * gradient.shape[1]
    // An item sums one vector of channels.
    let chunk = max(1, tile.reductionRows(columns: tile.lanes) / gradient.shape[2])
    let splits = rows.dividedRoundingUp(by: chunk)
    let partial = try x.device.empty([splits, size, size, 1, channels])
    try x.device.launch(
      Kernel("depthwise_gather", "depthwise_weights_gather"),
      items: splits * size * size * tile.vectors(channels),
      [
        .tensor(x), .tensor(gradient), .tensor(partial), .int(rows), .int(x.shape[1]),
        .int(x.shape[2]), .int(gradient.shape[1]), .int(gradient.shape[2]), .int(channels),
        .int(size), .int(convolution.stride), .int(convolution.dilation),
        .int(convolution.padding), .int(chunk),
      ])
    try x.device.sumPartials(partial, into: sink)
  }

  private func gather(
    _ x: Tensor, _ w: Tensor, into sink: GradientSink, mul: Int, div: Int, shift: Int, step: Int
  ) throws {
    let y = sink.tensor
    let perItem = rowsPerItem(y)
    // Taps that meet an input are this far apart.
    let tapStep = (1...div).first { $0 * step % div == 0 } ?? div
    try y.device.launch(
      Kernel("depthwise_gather", "depthwise_gather"), items: items(y, perItem),
      [
        .tensor(x), .tensor(w), .int(w.strides[0]), .int(w.strides[1]), .tensor(y),
        .int(y.shape[0] * y.shape[1]), .int(x.shape[1]), .int(x.shape[2]), .int(y.shape[1]),
        .int(y.shape[2]), .int(y.shape[3]), .int(w.shape[0]), .int(mul), .int(div), .int(shift),
        .int(step), .int(tapStep), .int(perItem), .flag(sink.accumulate),
      ])
  }

  /// Output rows of one vector of channels that a work-item does: about `elementsPerItem`.
  private func rowsPerItem(_ y: Tensor) -> Int {
    let tile = y.device.tile
    let perItem = max(1, tile.elementsPerItem / 4 / (y.shape[2] * tile.lanes))
    let rows = y.shape[0] * y.shape[1]
    return max(1, min(perItem, rows * tile.vectors(y.shape[3]) / 8))
  }

  private func items(_ y: Tensor, _ perItem: Int) -> Int {
    (y.shape[0] * y.shape[1]).dividedRoundingUp(by: perItem) * y.device.tile.vectors(y.shape[3])
  }
}
