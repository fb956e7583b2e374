/// A convolution, dense or in groups, as a matrix product over the rows (n, oy, ox).
///
/// Floor: 2*rows*columns*depth FLOPs for each of the three products; every tensor once.
struct MatrixConvolution: ConvolutionMethod {
  var convolution: Convolution

  private var groups: Int { convolution.groups }

  private func isPointwise(_ w: Tensor) -> Bool {
    w.shape[0] * w.shape[1] == 1 && convolution.stride == 1 && convolution.padding == 0
  }

  func forward(_ x: Reading, _ w: Tensor, into y: Tensor, _ finish: Finish) throws -> ChannelSums? {
    try product(
      x, windows(x, w, output: y.shape), "convolution", into: y, columns: w.shape[3] / groups,
      finish
    ) { blocking in try TileMatrix(w, groups: groups, blocking) }
  }

  func backward(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, weights: GradientSink?, input: Variable
  ) throws {
    if isPointwise(w), input.requiresGradient {
      return try input.storeGradient { y, finish in
        try gradients(x, w, gradient, weights: weights, dx: y, finish)
      }
    }
    if weights != nil {
      _ = try gradients(x, w, gradient, weights: weights, dx: nil, .plain)
    }
    guard input.requiresGradient else { return }
    try input.storeGradient { y, finish in
      let windows = gradientWindows(gradient, w, input: y.shape)
      return try product(
        gradient, windows, "convolution-input", into: y, columns: w.shape[2], finish
      ) { blocking in
        try TileMatrix(turning: w, reversed: windows.step > 0, groups: groups, blocking)
      }
    }
  }

  /// How results see the input.
  private func windows(_ x: Reading, _ w: Tensor, output: Shape) -> DenseWindows {
    DenseWindows(
      kernel: (w.shape[0], w.shape[1]), depth: w.shape[2], input: x.x.shape, output: output,
      mul: convolution.stride, div: 1, shift: -convolution.padding, step: convolution.dilation)
  }

  /// How the input's gradient sees the result's: at stride 1 through windows like those forward,
  /// of taps in reverse.
  private func gradientWindows(_ gradient: Reading, _ w: Tensor, input: Shape) -> DenseWindows {
    let isReversed = convolution.stride == 1 && w.shape[0] == w.shape[1]
    return DenseWindows(
      kernel: (w.shape[0], w.shape[1]), depth: w.shape[3] / groups, input: gradient.x.shape,
      output: input, mul: 1, div: convolution.stride,
      shift: convolution.padding - (isReversed ? (w.shape[0] - 1) * convolution.dilation : 0),
      step: isReversed ? convolution.dilation : -convolution.dilation)
  }

  /// y = windows of x times a matrix, group by group.
  private func product(
    _ x: Reading, _ windows: DenseWindows, _ operation: String, into y: Tensor, columns: Int,
    _ finish: Finish, matrix: (Blocking) throws -> TileMatrix
  ) throws -> ChannelSums? {
    let device = y.device
    let channels = y.shape[3]
    let rows = y.count / channels
    let (all, depth) = (windows.terms, windows.depth)
    let work = WorkBucket(
      operation, rows: WorkBucket.rounded(rows), columns: WorkBucket.rounded(columns),
      depth: WorkBucket.rounded(all), kernel: windows.kernel.y,
      stride: windows.mul * windows.div)
    let tileRow = device.tile.columns * device.tile.lanes
    let blocking = Blocking.product(
      rows: rows, columns: columns, depth: all, panelRow: windows.panelRow,
      gathersSums: finish.gathersSums, device: device, settings: device.settings(for: work))
    let items = blocking.items(rows: rows, columns: columns)
    let sums = try finish.sums(
      device, splits: blocking.splits(rows), rowsPerSplit: blocking.itemRows, channels: channels)
    let perItem =
      finish.sumRows * device.tile.padded(columns)
      + windows.scratch(block: blocking.blockRows, terms: all) + blocking.blockRows * tileRow
      + device.tile.lanes
    let scratch = try device.empty([device.scratchSlots(items: items), perItem])
    let matrix = try matrix(blocking)
    for group in 0..<groups {
      let (from, to) = (group * depth, group * columns)
      let shapes: [KernelArgument] = [
        .int(channels), .int(rows), .int(columns), .int(x.shape[1]), .int(x.shape[2]),
        .int(x.shape[3]), .int(y.shape[1]), .int(y.shape[2]), .int(windows.kernel.y),
        .int(windows.kernel.x), .int(depth), .int(windows.mul), .int(windows.div),
        .int(windows.shift), .int(windows.step), .int(windows.slots(block: blocking.blockRows)),
        .int(blocking.itemRows), .int(blocking.blockRows), .int(blocking.itemColumns),
      ]
      try device.launch(
        Kernel("convolution", "convolution", on: x.x.element), items: items,
        x.arguments(from: from),
        [
          x.tableRow, x.viewArgument, matrix[group], .int(matrix.row), .tensor(y, from: to),
        ],
        shapes, [.tensor(scratch), .long(perItem)], finish.arguments(from: to),
        finish.inference(from: to), [.tensor(sums?.partial, from: to)])
    }
    return sums
  }

  /// The gradient of the weights and, of 1x1 windows, of the input, in one pass.
  private func gradients(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, weights: GradientSink?, dx: Tensor?,
    _ finish: Finish
  ) throws -> ChannelSums? {
    let device = w.device
    let (columns, depth) = (w.shape[3] / groups, w.shape[2])
    let all = w.shape[0] * w.shape[1] * depth
    let rows = gradient.x.count / gradient.shape[3]
    let tile = device.tile
    let windows = windows(x, w, output: gradient.x.shape)
    let work = WorkBucket(
      "convolution-backward", rows: WorkBucket.rounded(rows), columns: WorkBucket.rounded(columns),
      depth: WorkBucket.rounded(all), kernel: w.shape[0], stride: convolution.stride)
    let blocking = Blocking.weights(
      rows: rows, depth: all, columns: columns, panelRow: windows.panelRow, device: device,
      settings: device.settings(for: work))
    let items = blocking.items(rows: rows, columns: all)
    let splits = blocking.splits(rows)
    let sums = try finish.sums(
      device, splits: splits, rowsPerSplit: blocking.itemRows, channels: x.shape[3])
    let tileRow: Int = tile.columns * tile.lanes
    let perItem: Int =
      finish.sumRows * tile.padded(all)
      + windows.scratch(block: blocking.blockRows, terms: blocking.itemColumns)
      + blocking.blockRows * (Blocking.scratchRow(columns) + tileRow) + tile.lanes
    let scratch = try device.empty([device.scratchSlots(items: items), perItem])
    let turned = try dx.map { _ in try TileMatrix(turning: w, groups: groups, blocking) }
    for group in 0..<groups {
      let (from, to) = (group * depth, group * columns)
      let partial: Tensor? =
        weights == nil
        ? nil : try device.empty([splits, w.shape[0], w.shape[1], depth, columns])
      let shapes: [KernelArgument] = [
        .int(rows), .int(columns), .int(x.shape[1]), .int(x.shape[2]), .int(x.shape[3]),
        x.tableRow, .int(gradient.shape[1]), .int(gradient.shape[2]), .int(w.shape[0]),
        .int(w.shape[1]), .int(depth), .int(windows.mul), .int(windows.shift), .int(windows.step),
        .int(windows.slots(block: blocking.blockRows)), .int(blocking.itemRows),
        .int(blocking.blockRows), .int(blocking.itemColumns),
      ]
      try device.launch(
        Kernel("convolution_backward", "convolution_backward", on: x.x.element), items: items,
        x.inputArguments(from: from), [x.viewArgument], gradient.arguments(from: to),
        [
          gradient.tableRow, gradient.viewArgument, .int(gradient.shape[3]),
          turned?[group] ?? .none, .tensor(dx, from: from), .tensor(partial),
        ],
        shapes, [.tensor(scratch), .long(perItem)], finish.arguments(from: from),
        [.tensor(sums?.partial, from: from)])
      if let partial, let weights {
        let part = weights.tensor.slice(
          from: [0, 0, 0, to], sizes: [w.shape[0], w.shape[1], depth, columns])
        try device.sumPartials(partial, into: GradientSink(part, accumulate: weights.accumulate))
      }
    }
    return sums
  }
}
