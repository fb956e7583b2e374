/// A 3x3, 5x5 or 7x7 convolution of each channel by itself, stride 1 or 2, padded to keep the size.
///
/// Floor: its tensors, read or written once.
struct DepthwiseConvolution: ConvolutionMethod {
  var stride: Int

  /// How the rows (n, y) of images and their channels are cut.
  private struct Cut {
    /// Of a work-item: whole images where there are many.
    var itemRows: Int
    var itemChannels: Int
    /// Rows read and computed together.
    var bandRows: Int
  }

  /// Floats of scratch beside which a band still finds room in a core's second-level cache, and
  /// those that it should take: the rows of a plane then stay in the first.
  ///
  /// Bands of few rows cost nothing: the rows that two of them share are kept.
  private static let mostFloats = 160_000
  private static let goodFloats = 65_536

  /// - Parameters:
  ///   - settings: a tuner's `band-rows` and `items-per-unit`.
  ///   - perChannel: floats of scratch of a channel for a band of rows.
  private func cut(
    rows: Int, height: Int, channels: Int, gathersSums: Bool, _ device: any Device,
    _ settings: [String: Int], perChannel: (_ rows: Int) -> Int
  ) -> Cut {
    let tile = device.tile
    let vectors = tile.vectors(channels)
    let chosen = settings["band-rows"].map { min(max($0, 1), height) }
    let least = chosen ?? min(2, height)
    let most = max(1, DepthwiseConvolution.mostFloats / (perChannel(least) * tile.lanes))
    let groups = vectors.dividedRoundingUp(by: most)
    let itemChannels = vectors.dividedRoundingUp(by: groups) * tile.lanes
    var band = least
    while chosen == nil, band < height,
      perChannel(band + 1) * itemChannels <= DepthwiseConvolution.goodFloats
    {
      band += 1
    }
    band = height.dividedRoundingUp(by: height.dividedRoundingUp(by: band))
    let shares =
      max(settings["items-per-unit"] ?? device.itemsPerUnit, 1)
      * device.units(gathersSums: gathersSums)
    let wanted = shares.dividedRoundingUp(by: channels.dividedRoundingUp(by: itemChannels))
    let images = rows / height
    let itemRows =
      images >= wanted
      ? images.dividedRoundingUp(by: wanted) * height
      : max(min(4, height), rows.dividedRoundingUp(by: wanted / 2))
    return Cut(itemRows: itemRows, itemChannels: itemChannels, bandRows: min(band, itemRows))
  }

  func forward(_ x: Reading, _ w: Tensor, into y: Tensor, _ finish: Finish) throws -> ChannelSums? {
    if x.isAsIs, let norm = finish.clampingNorm {
      try infer(x.x, w, into: y, norm, finish)
      return nil
    }
    let device = y.device
    let (size, channels) = (w.shape[0], y.shape[3])
    let rows = y.shape[0] * y.shape[1]
    let settings = self.settings("depthwise", of: y, size, device)
    let width = tileWidth(y.shape[2], 7, settings)
    let tiled = y.shape[2].dividedRoundingUp(by: width) * width
    // Where x is read in place there are no planes; bands as if there were are as fast or faster than
    // larger ones (1.2 to 1.5 of the time) and smaller ones.
    let perChannel = { (band: Int) in
      3 + ((band - 1) * stride + size) * ((tiled - 1) * stride + size) + band * tiled
    }
    let cut = cut(
      rows: rows, height: y.shape[1], channels: channels, gathersSums: finish.gathersSums, device,
      settings, perChannel: perChannel)
    let splits = rows.dividedRoundingUp(by: cut.itemRows)
    let items = splits * channels.dividedRoundingUp(by: cut.itemChannels)
    let perItem = perChannel(cut.bandRows) * cut.itemChannels + 8 * device.tile.lanes
    let sums = try finish.sums(
      device, splits: splits, rowsPerSplit: cut.itemRows * y.shape[2], channels: channels)
    let shapes: [KernelArgument] = [
      .int(rows), .int(x.shape[1]), .int(x.shape[2]), .int(y.shape[1]), .int(y.shape[2]),
      .int(channels), .int(stride), .int(width), .int(cut.itemRows),
      .int(cut.bandRows), .int(cut.itemChannels),
    ]
    let scratch = try device.empty([device.scratchSlots(items: items), perItem])
    try device.launch(
      Kernel("depthwise", "depthwise\(size)", on: x.x.element), items: items, x.inputArguments(),
      [x.viewArgument, .tensor(w), .int(w.strides[0]), .int(w.strides[1]), .tensor(y)], shapes,
      [.tensor(scratch), .long(perItem)], finish.arguments(), finish.inference(),
      [.tensor(sums?.partial)])
    return sums
  }

  func backward(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, weights: GradientSink?, input: Variable
  ) throws {
    if input.requiresGradient {
      try input.storeGradient { y, finish in
        try gradients(x, w, gradient, weights: weights, dx: y, finish)
      }
    } else if weights != nil {
      _ = try gradients(x, w, gradient, weights: weights, dx: nil, .plain)
    }
  }

  private func gradients(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, weights: GradientSink?, dx: Tensor?,
    _ finish: Finish
  ) throws -> ChannelSums? {
    let device = w.device
    let (size, channels) = (w.shape[0], w.shape[3])
    let (height, inputWidth) = (x.shape[1], x.shape[2])
    let rows = x.shape[0] * height
    let settings = self.settings("depthwise-backward", of: x.x, size, device)
    let width = tileWidth(inputWidth, stride == 1 ? 7 : 8, settings)
    let tiled = inputWidth.dividedRoundingUp(by: width) * width
    let ringRow = (tiled - 1 + size / 2) / stride + size / 2 / stride + 1
    let perChannel = { (band: Int) in
      2 + size * size + ((band + size - 2) / stride + 1) * ringRow + band * tiled
    }
    let cut = cut(
      rows: rows, height: height, channels: channels, gathersSums: true, device, settings,
      perChannel: perChannel)
    let splits = rows.dividedRoundingUp(by: cut.itemRows)
    let items = splits * channels.dividedRoundingUp(by: cut.itemChannels)
    let perItem = perChannel(cut.bandRows) * cut.itemChannels + 8 * device.tile.lanes
    let sums = try finish.sums(
      device, splits: splits, rowsPerSplit: cut.itemRows * inputWidth, channels: channels)
    let partial = try weights.map { _ in try device.empty([splits, size, size, 1, channels]) }
    let shapes: [KernelArgument] = [
      .int(rows), .int(height), .int(inputWidth), .int(gradient.shape[1]), .int(gradient.shape[2]),
      .int(channels), .int(stride), .int(width), .int(cut.itemRows),
      .int(cut.bandRows), .int(cut.itemChannels),
    ]
    let scratch = try device.empty([device.scratchSlots(items: items), perItem])
    try device.launch(
      Kernel("depthwise_backward", "depthwise_backward\(size)", on: x.x.element), items: items,
      x.inputArguments(), [x.viewArgument], gradient.arguments(),
      [
        gradient.viewArgument, .tensor(w), .int(w.strides[0]), .int(w.strides[1]), .tensor(dx),
        .tensor(partial),
      ],
      shapes, [.tensor(scratch), .long(perItem)], finish.arguments(), [.tensor(sums?.partial)])
    if let partial, let weights { try device.sumPartials(partial, into: weights) }
    return sums
  }

  /// A tuner's choice for convolutions over the rows of a tensor.
  func settings(
    _ operation: String, of tensor: Tensor, _ size: Int, _ device: any Device
  ) -> [String: Int] {
    device.settings(
      for: WorkBucket(
        operation, rows: WorkBucket.rounded(tensor.shape[0] * tensor.shape[1]),
        columns: WorkBucket.rounded(tensor.shape[3]), depth: tensor.shape[2], kernel: size,
        stride: stride))
  }

  /// Neighbours of a row that a tile holds in registers: 4, or `most` where fewer are wasted.
  ///
  /// A tuner's `tile-width` is 4 or anything above, which stands for `most`.
  func tileWidth(_ count: Int, _ most: Int, _ settings: [String: Int]) -> Int {
    if let chosen = settings["tile-width"] { return chosen > 4 ? most : 4 }
    return count.dividedRoundingUp(by: most) * most <= count.dividedRoundingUp(by: 4) * 4 + 1
      ? most : 4
  }
}
