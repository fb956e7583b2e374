/// A 3x3, 5x5 or 7x7 convolution of each channel by itself.
///
/// Floor: its tensors, read or written once.
struct DepthwiseConvolution: ConvolutionMethod {
  var convolution: Convolution

  /// Whether the tiled kernels do it; the gathering ones do everything.
  private var isTiled: Bool { convolution.stride <= 2 && convolution.dilation == 1 }

  func forward(_ x: Tensor, _ w: Tensor, into y: Tensor) throws {
    let sink = GradientSink(y, accumulate: false)
    if isTiled {
      return try tiles(x, w, into: sink, stride: convolution.stride, padding: convolution.padding)
    }
    try gather(
      x, w, into: sink, mul: convolution.stride, div: 1, shift: -convolution.padding,
      step: convolution.dilation)
  }

  func inputGradient(
    _ x: Tensor, _ w: Tensor, _ gradient: Tensor, into sink: GradientSink
  ) throws {
    if isTiled && convolution.stride == 1 {
      // The same convolution, with the kernel turned round.
      let turned = Tensor(
        storage: w.storage,
        offset: w.offset + (w.shape[0] - 1) * w.strides[0] + (w.shape[1] - 1) * w.strides[1],
        shape: w.shape, strides: [-w.strides[0], -w.strides[1], w.strides[2], w.strides[3]])
      return try tiles(
        gradient, turned, into: sink, stride: 1, padding: w.shape[0] - 1 - convolution.padding)
    }
    try gather(
      gradient, w, into: sink, mul: 1, div: convolution.stride, shift: convolution.padding,
      step: -convolution.dilation)
  }

  private func tiles(
    _ x: Tensor, _ w: Tensor, into sink: GradientSink, stride: Int, padding: Int
  ) throws {
    let y = sink.tensor
    let tile = y.device.tile
    let (rows, channels) = (y.shape[0] * y.shape[1], y.shape[3])
    // Whole pixels where an item may be large: they lie together in memory.
    let itemChannels = min(tile.vectors(channels) * tile.lanes, tile.elementsPerItem)
    let itemRows = max(1, min(tile.elementsPerItem / (y.shape[2] * itemChannels), rows / 8))
    try y.device.launch(
      Kernel("depthwise", "depthwise\(w.shape[0])"),
      items: rows.dividedRoundingUp(by: itemRows) * channels.dividedRoundingUp(by: itemChannels),
      [
        .tensor(x), .tensor(w), .int(w.strides[0]), .int(w.strides[1]), .tensor(y),
        .int(y.shape[0] * y.shape[1]), .int(x.shape[1]), .int(x.shape[2]), .int(y.shape[1]),
        .int(y.shape[2]), .int(y.shape[3]), .int(stride), .int(padding), .int(tileWidth(y)),
        .int(itemRows), .int(itemChannels), .flag(sink.accumulate),
      ])
  }

  private func gather(
    _ x: Tensor, _ w: Tensor, into sink: GradientSink, mul: Int, div: Int, shift: Int, step: Int
  ) throws {
    let y = sink.tensor
    let perItem = rowsPerItem(y)
    // Taps that meet an input are this far apart.
    let tapStep = (1...div).first { $0 * step % div == 0 } ?? div
    try y.device.launch(
      Kernel("depthwise", "depthwise_gather"), items: items(y, perItem),
      [
        .tensor(x), .tensor(w), .int(w.strides[0]), .int(w.strides[1]), .tensor(y),
        .int(y.shape[0] * y.shape[1]), .int(x.shape[1]), .int(x.shape[2]), .int(y.shape[1]),
        .int(y.shape[2]), .int(y.shape[3]), .int(w.shape[0]), .int(mul), .int(div), .int(shift),
        .int(step), .int(tapStep), .int(perItem), .flag(sink.accumulate),
      ])
  }

  /// Outputs of a row that a tile holds in registers: 4 to 7, so that the row splits evenly.
  private func tileWidth(_ y: Tensor) -> Int {
    max(4, y.shape[2].dividedRoundingUp(by: y.shape[2].dividedRoundingUp(by: 7)))
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
    let shapes: [Argument] = [
      .tensor(x), .tensor(gradient), .tensor(partial), .int(rows), .int(x.shape[1]),
      .int(x.shape[2]), .int(gradient.shape[1]), .int(gradient.shape[2]), .int(channels),
    ]
    if isTiled {
      try x.device.launch(
        Kernel("depthwise_weights", "depthwise_weights\(size)"),
        items: splits * tile.vectors(channels),
        shapes + [
          .int(convolution.stride), .int(convolution.padding), .int(tileWidth(gradient)),
          .int(chunk),
        ])
    } else {
      try x.device.launch(
        Kernel("depthwise_weights", "depthwise_weights_gather"),
        items: splits * size * size * tile.vectors(channels),
        shapes + [
          .int(size), .int(convolution.stride), .int(convolution.dilation),
          .int(convolution.padding), .int(chunk),
        ])
    }
    try x.device.sumPartials(partial, into: sink)
  }
}
