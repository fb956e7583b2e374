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
  ///   - results: their rows (n, y), height and channels.
  ///   - settings: a tuner's `band-rows` and `items-per-unit`.
  ///   - passing: floats of a channel that a row reads where they are stored.
  ///   - perChannel: floats of scratch of a channel for a band of rows.
  private func cut(
    _ results: Shape, gathersSums: Bool, _ device: any Device, _ settings: [String: Int],
    passing: Int, perChannel: (_ rows: Int) -> Int
  ) -> Cut {
    let tile = device.tile
    let (height, channels) = (results[1], results[3])
    let lines = (tile.vectors(channels) * tile.lanes).dividedRoundingUp(by: 16)
    let chosen = settings["band-rows"].map { min(max($0, 1), height) }
    let least = chosen ?? min(2, height)
    let most = max(1, DepthwiseConvolution.mostFloats / (perChannel(least) * 16))
    let groups = lines.dividedRoundingUp(by: most)
    let itemChannels = min(
      lines.dividedRoundingUp(by: groups) * 16, tile.padded(channels))
    var band = least
    while chosen == nil, band < height,
      (perChannel(band + 1) + (band + 1) * passing) * itemChannels
        <= DepthwiseConvolution.goodFloats
    {
      band += 1
    }
    band = height.dividedRoundingUp(by: height.dividedRoundingUp(by: band))
    let itemRows = itemRows(
      results, groups: channels.dividedRoundingUp(by: itemChannels), gathersSums: gathersSums,
      device, settings)
    return Cut(itemRows: itemRows, itemChannels: itemChannels, bandRows: min(band, itemRows))
  }

  /// Rows of a work-item of which there are `groups` for the same rows.
  private func itemRows(
    _ results: Shape, groups: Int, gathersSums: Bool, _ device: any Device,
    _ settings: [String: Int]
  ) -> Int {
    let (images, height) = (results[0], results[1])
    let rows = images * height
    let perUnit = settings["items-per-unit"] ?? (gathersSums ? device.itemsPerUnit : 8)
    let shares = max(perUnit, 1) * device.units(gathersSums: gathersSums)
    let wanted = shares.dividedRoundingUp(by: groups)
    let shared =
      images >= wanted
      ? images.dividedRoundingUp(by: wanted) * height
      : max(min(4, height), rows.dividedRoundingUp(by: wanted / 2))
    // Items with sums are the same for up to four threads.
    let most =
      gathersSums
      ? Int.max
      : Blocking.worthwhile(
        results.product, each: DepthwiseConvolution.itemResults, settings)
    return max(shared, rows.dividedRoundingUp(by: min(rows, most)))
  }

  /// Floats of results that a band has whose pixels are computed one after the other.
  private static let bandResults = 8192

  /// A cut of what is read where it is stored, all channels of a row.
  ///
  /// A vector of channels goes through all rows of a band before the next one does, so that each of
  /// its values comes into the first-level cache once; or all vectors of a pixel do, `byPixels`.
  private func cutInPlace(
    _ y: Tensor, inputWidth: Int, size: Int, byPixels: Bool, _ finish: Finish,
    _ settings: [String: Int]
  ) -> Cut {
    let device = y.device
    let rows = y.shape[0] * y.shape[1]
    let tileRows = stride == 1 && size == 5 ? 2 : 1
    let results = y.shape[2] * y.shape[3]
    let wanted =
      settings["band-rows"]
      ?? (byPixels
        ? DepthwiseConvolution.bandResults / results
        : DepthwiseConvolution.goodFloats / (results + stride * inputWidth * y.shape[3]))
    let bandRows = max(1, min(wanted, y.shape[1]) / tileRows) * tileRows
    var itemRows: Int
    if finish.gathersSums {
      itemRows = self.itemRows(y.shape, groups: 1, gathersSums: true, device, settings)
    } else {
      let items = max(settings["items-per-unit"] ?? 8, 1) * device.units(gathersSums: false)
      let most = Blocking.worthwhile(y.count, each: DepthwiseConvolution.itemResults, settings)
      itemRows = rows.dividedRoundingUp(by: min(items, rows, most))
    }
    itemRows = itemRows.dividedRoundingUp(by: tileRows) * tileRows
    return Cut(
      itemRows: itemRows, itemChannels: device.tile.padded(y.shape[3]),
      bandRows: min(bandRows, itemRows))
  }

  /// Where a tile's values come from (`depthwise.h`).
  private enum Source: String {
    /// From scratch, where the rows of a band lie as they are multiplied.
    case ring
    /// From where they are stored, floats that are taken as they are.
    case stored
    /// From where they are stored, clamped each time that they are read.
    case clamped
  }

  /// Values are read where they are stored again for each row of a tile's windows.
  ///
  /// Clamping them is done as often, so the rows must be few, or floats that need none. It takes
  /// registers for addresses and bounds.
  private func source(_ x: Reading, size: Int, _ device: any Device) -> Source {
    guard device.tile.registers > 16 else { return .ring }
    if x.isAsIs && x.x.element == .float { return .stored }
    return x.clamps && (size == 3 || stride == 2) ? .clamped : .ring
  }

  /// Floats of an item's ring of rows (`RowRing`), the cache line that may keep vectors apart
  /// included.
  private func ringFloats(columns: Int, rows: Int, _ itemChannels: Int, _ tile: Tile) -> Int {
    itemChannels * columns * rows + tile.vectors(itemChannels) * 32
  }

  func forward(_ x: Reading, _ w: Tensor, into y: Tensor, _ finish: Finish) throws -> ChannelSums? {
    let device = y.device
    let (tile, size, channels) = (device.tile, w.shape[0], y.shape[3])
    let rows = y.shape[0] * y.shape[1]
    let settings = self.settings("depthwise", of: y, size, device)
    let source = source(x, size: size, device)
    let inPlace = source != .ring
    let width = tileWidth(y.shape[2], settings)
    let byPixels = inPlace && size == 3 && tile.vectors(channels) > 3
    // What the last tile's windows reach over.
    let columns = max(
      size / 2 + x.shape[2],
      (y.shape[2].dividedRoundingUp(by: width) * width - 1) * stride + size)
    let ringRows = { (band: Int) in inPlace ? 0 : (band - 1) * stride + size }
    let cut =
      inPlace
      ? cutInPlace(
        y, inputWidth: x.shape[2], size: size, byPixels: byPixels, finish, settings)
      : cut(
        y.shape, gathersSums: finish.gathersSums, device, settings, passing: stride * x.shape[2],
        perChannel: { 3 + ringRows($0) * columns })
    let splits = rows.dividedRoundingUp(by: cut.itemRows)
    let items = splits * channels.dividedRoundingUp(by: cut.itemChannels)
    let perItem =
      3 * cut.itemChannels + 7 * tile.lanes
      + ringFloats(columns: columns, rows: ringRows(cut.bandRows), cut.itemChannels, tile)
    let sums = try finish.sums(
      device, splits: splits, rowsPerSplit: cut.itemRows * y.shape[2], channels: channels)
    let shapes: [KernelArgument] = [
      .int(rows), .int(x.shape[1]), .int(x.shape[2]), .int(y.shape[1]), .int(y.shape[2]),
      .int(channels), .int(stride), .int(columns), .flag(byPixels), .int(cut.itemRows),
      .int(cut.bandRows), .int(cut.itemChannels),
    ]
    let scratch = try device.empty([device.scratchSlots(items: items), perItem])
    try device.launch(
      Kernel(
        size == 7 ? "depthwise_7x7" : "depthwise", "depthwise\(size)_\(source.rawValue)\(width)",
        on: x.x.element), items: items, x.inputArguments(),
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
    let (tile, size, channels) = (device.tile, w.shape[0], w.shape[3])
    let (height, inputWidth) = (x.shape[1], x.shape[2])
    let rows = x.shape[0] * height
    let settings = self.settings("depthwise-backward", of: x.x, size, device)
    // At stride 2 four pixels are too few to load and store the weights' sums for.
    let width = stride == 1 ? tileWidth(inputWidth, settings) : 8
    // What the last tile's pixels meet.
    let (before, last) = (size / 2 / stride, inputWidth.dividedRoundingUp(by: width) - 1)
    let columns =
      before + max(gradient.shape[2], (last * width + width - 1 + size / 2) / stride + 1)
    let ringRows = { (band: Int) in (band + size - 2) / stride + 1 }
    let inputRows = { (band: Int) in x.clamps ? 0 : band }
    let cut = cut(
      x.shape, gathersSums: true, device, settings,
      passing: inputWidth + 2 * gradient.shape[2] / stride,
      perChannel: { 2 + size * size + ringRows($0) * columns + inputRows($0) * inputWidth })
    let splits = rows.dividedRoundingUp(by: cut.itemRows)
    let items = splits * channels.dividedRoundingUp(by: cut.itemChannels)
    let perItem =
      (2 + size * size) * cut.itemChannels + 8 * tile.lanes
      + ringFloats(columns: columns, rows: ringRows(cut.bandRows), cut.itemChannels, tile)
      + ringFloats(columns: inputWidth, rows: inputRows(cut.bandRows), cut.itemChannels, tile)
    let sums = try finish.sums(
      device, splits: splits, rowsPerSplit: cut.itemRows * inputWidth, channels: channels)
    let partial = try weights.map { _ in try device.empty([splits, size, size, 1, channels]) }
    let shapes: [KernelArgument] = [
      .int(rows), .int(height), .int(inputWidth), .int(gradient.shape[1]), .int(gradient.shape[2]),
      .int(channels), .int(stride), .int(width), .int(columns), .int(cut.itemRows),
      .int(cut.bandRows), .int(cut.itemChannels),
    ]
    let scratch = try device.empty([device.scratchSlots(items: items), perItem])
    try device.launch(
      Kernel(
        size == 7 ? "depthwise_7x7" : "depthwise_backward", "depthwise_backward\(size)",
        on: x.x.element), items: items,
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

  /// Neighbours of a row that a tile holds in registers: 7, or 4 where fewer are wasted.
  ///
  /// A tuner's `tile-width` is 4 or anything above, which stands for 7. Not of gradients at stride 2.
  private func tileWidth(_ count: Int, _ settings: [String: Int]) -> Int {
    if let chosen = settings["tile-width"] { return chosen > 4 ? 7 : 4 }
    let wastes = count.dividedRoundingUp(by: 7) * 7 > count.dividedRoundingUp(by: 4) * 4 + 1
    return wastes ? 4 : 7
  }
}
