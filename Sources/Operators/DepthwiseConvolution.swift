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
    /// Rows computed together, and read together where they are read into scratch.
    var bandRows: Int
  }

  /// Floats of scratch beside which a band still finds room in a core's second-level cache, and
  /// those that it should take there, the ones that pass by on their way from and to memory included.
  ///
  /// Bands of few rows cost little: the rows that two of them share are kept.
  private static let mostFloats = 160_000
  private static let goodFloats = 90_000

  /// Results that are worth a work-item of their own, where no sums are gathered.
  private static let itemResults = 4096

  /// - Parameters:
  ///   - settings: a tuner's `band-rows` and `items-per-unit`.
  ///   - passing: floats of a channel that a row reads where they are stored.
  ///   - perChannel: floats of scratch of a channel for a band of rows.
  private func cut(
    rows: Int, height: Int, channels: Int, gathersSums: Bool, _ device: any Device,
    _ settings: [String: Int], passing: Int, perChannel: (_ rows: Int) -> Int
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
      (perChannel(band + 1) + (band + 1) * passing) * itemChannels
        <= DepthwiseConvolution.goodFloats
    {
      band += 1
    }
    band = height.dividedRoundingUp(by: height.dividedRoundingUp(by: band))
    let itemRows = itemRows(
      rows: rows, height: height, groups: channels.dividedRoundingUp(by: itemChannels),
      gathersSums: gathersSums, device, settings)
    return Cut(itemRows: itemRows, itemChannels: itemChannels, bandRows: min(band, itemRows))
  }

  /// Rows of a work-item of which there are `groups` for the same rows.
  private func itemRows(
    rows: Int, height: Int, groups: Int, gathersSums: Bool, _ device: any Device,
    _ settings: [String: Int]
  ) -> Int {
    let shares =
      max(settings["items-per-unit"] ?? device.itemsPerUnit, 1)
      * device.units(gathersSums: gathersSums)
    let wanted = shares.dividedRoundingUp(by: groups)
    let images = rows / height
    return images >= wanted
      ? images.dividedRoundingUp(by: wanted) * height
      : max(min(4, height), rows.dividedRoundingUp(by: wanted / 2))
  }

  /// Floats of results that a band has where values are read where they are stored.
  private static let bandResults = 8192

  /// A cut of what is read where it is stored: all channels of few rows.
  private func cutInPlace(
    _ y: Tensor, size: Int, _ finish: Finish, _ settings: [String: Int]
  ) -> Cut {
    let device = y.device
    let rows = y.shape[0] * y.shape[1]
    let tileRows = stride == 1 && size == 5 && device.tile.registers > 16 ? 2 : 1
    let wanted =
      settings["band-rows"] ?? DepthwiseConvolution.bandResults / (y.shape[2] * y.shape[3])
    let bandRows = max(1, min(wanted, y.shape[1]) / tileRows) * tileRows
    var itemRows: Int
    if finish.gathersSums {
      itemRows = self.itemRows(
        rows: rows, height: y.shape[1], groups: 1, gathersSums: true, device, settings)
    } else {
      let items = max(settings["items-per-unit"] ?? 8, 1) * device.description.computeUnits
      let most = Blocking.worthwhile(y.count, each: DepthwiseConvolution.itemResults, settings)
      itemRows = rows.dividedRoundingUp(by: min(items, rows, most))
    }
    itemRows = itemRows.dividedRoundingUp(by: tileRows) * tileRows
    return Cut(
      itemRows: itemRows, itemChannels: device.tile.padded(y.shape[3]),
      bandRows: min(bandRows, itemRows))
  }

  /// Whether values are read where they are stored, again for each row of a tile's windows: clamping
  /// them is done as often, so the rows must be few, or floats that need none.
  private func readsInPlace(_ x: Reading, size: Int) -> Bool {
    x.isAsIs && x.x.element == .float || x.clamps && (size == 3 || stride == 2)
  }

  func forward(_ x: Reading, _ w: Tensor, into y: Tensor, _ finish: Finish) throws -> ChannelSums? {
    let device = y.device
    let (size, channels) = (w.shape[0], y.shape[3])
    let rows = y.shape[0] * y.shape[1]
    let settings = self.settings("depthwise", of: y, size, device)
    let inPlace = readsInPlace(x, size: size)
    let clamps = inPlace && !(x.isAsIs && x.x.element == .float)
    // Results, weights of a row, and a value: to clamp it takes scale, shift, bounds and a second.
    let width = tileWidth(
      y.shape[2], 7, registers: 7 + size + (clamps ? 6 : 1), device, settings)
    let byPixels = inPlace && size == 3 && device.tile.vectors(channels) > 3
    let perChannel = { (band: Int) in
      3 + (inPlace ? 0 : ((band - 1) * stride + size) * x.shape[2])
    }
    let cut =
      inPlace
      ? cutInPlace(y, size: size, finish, settings)
      : cut(
        rows: rows, height: y.shape[1], channels: channels, gathersSums: finish.gathersSums, device,
        settings, passing: stride * x.shape[2], perChannel: perChannel)
    let splits = rows.dividedRoundingUp(by: cut.itemRows)
    let items = splits * channels.dividedRoundingUp(by: cut.itemChannels)
    let perItem = perChannel(cut.bandRows) * cut.itemChannels + 15 * device.tile.lanes
    let sums = try finish.sums(
      device, splits: splits, rowsPerSplit: cut.itemRows * y.shape[2], channels: channels)
    let shapes: [KernelArgument] = [
      .int(rows), .int(x.shape[1]), .int(x.shape[2]), .int(y.shape[1]), .int(y.shape[2]),
      .int(channels), .int(stride), .int(width), .flag(inPlace), .flag(byPixels),
      .int(cut.itemRows), .int(cut.bandRows), .int(cut.itemChannels),
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
    let most = stride == 1 ? 7 : 8
    // Both gradients' sums, the input, the weights of a row, and a value of the gradient.
    let width = tileWidth(
      inputWidth, most, registers: 2 * (most + size) + 1, device, settings)
    let inPlace = gradient.isAsIs && x.x.element == .float
    let perChannel = { (band: Int) in
      2 + size * size
        + (inPlace ? 0 : ((band + size - 2) / stride + 1) * gradient.shape[2])
        + (x.clamps ? 0 : band * inputWidth)
    }
    let cut = cut(
      rows: rows, height: height, channels: channels, gathersSums: true, device, settings,
      passing: inputWidth + 2 * gradient.shape[2] / stride, perChannel: perChannel)
    let splits = rows.dividedRoundingUp(by: cut.itemRows)
    let items = splits * channels.dividedRoundingUp(by: cut.itemChannels)
    let perItem = perChannel(cut.bandRows) * cut.itemChannels + 16 * device.tile.lanes
    let sums = try finish.sums(
      device, splits: splits, rowsPerSplit: cut.itemRows * inputWidth, channels: channels)
    let partial = try weights.map { _ in try device.empty([splits, size, size, 1, channels]) }
    let shapes: [KernelArgument] = [
      .int(rows), .int(height), .int(inputWidth), .int(gradient.shape[1]), .int(gradient.shape[2]),
      .int(channels), .int(stride), .int(width), .flag(inPlace), .int(cut.itemRows),
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

  /// Neighbours of a row that a tile holds in registers: 4, or `most`, for which it needs so many
  /// `registers`, where fewer neighbours are wasted and the device has them.
  ///
  /// A tuner's `tile-width` is 4 or anything above, which stands for `most`.
  private func tileWidth(
    _ count: Int, _ most: Int, registers: Int, _ device: any Device, _ settings: [String: Int]
  ) -> Int {
    if let chosen = settings["tile-width"] { return chosen > 4 ? most : 4 }
    let fits = registers < device.tile.registers
    let wastes = count.dividedRoundingUp(by: most) * most > count.dividedRoundingUp(by: 4) * 4 + 1
    return fits && !wastes ? most : 4
  }
}
