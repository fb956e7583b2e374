extension DepthwiseConvolution {
  /// Results that are worth a work-item of their own.
  private static let itemResults = 4096

  /// Inference on a CPU: x is read as it is, and what is stored is normalized in registers.
  func infer(
    _ x: Tensor, _ w: Tensor, into y: Tensor, _ norm: Finish.InferenceNorm, _ finish: Finish
  ) throws {
    let device = y.device
    let tile = device.tile
    let (size, channels) = (w.shape[0], y.shape[3])
    let rows = y.shape[0] * y.shape[1]
    let settings = self.settings("depthwise", of: y, size, device)
    let items = max(settings["items-per-unit"] ?? 8, 1) * device.description.computeUnits
    let most = Blocking.worthwhile(y.count, each: Self.itemResults, settings)
    let itemRows = rows.dividedRoundingUp(by: min(items, rows, most))
    let launched = rows.dividedRoundingUp(by: itemRows)
    let perItem = 2 * tile.padded(channels) + 2 * tile.lanes
    let scratch = try device.empty([device.scratchSlots(items: launched), perItem])
    try device.launch(
      Kernel("depthwise_direct", "depthwise_direct\(size)"), items: launched,
      [.tensor(x), .tensor(w), .int(w.strides[0]), .int(w.strides[1]), .tensor(y)],
      [
        .int(rows), .int(x.shape[1]), .int(x.shape[2]), .int(y.shape[1]), .int(y.shape[2]),
        .int(channels), .int(stride), .int(tileWidth(y.shape[2], 7, settings)), .int(itemRows),
        .int(tile.padded(channels)),
      ],
      [.tensor(scratch), .long(perItem), .int(norm.activation.rawValue)], finish.inference())
  }
}
