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
    let columns = w.shape[3] / groups
    let packed = try packed(w)
    return try product(
      x, kernel: (w.shape[0], w.shape[1]), depth: w.shape[2], into: y, columns: columns, finish,
      mul: convolution.stride, div: 1, shift: -convolution.padding, step: convolution.dilation
    ) { group in (packed.matrix, packed.offset + group * columns, packed.row) }
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
      let (turned, row) = try turned(w)
      let columns = w.shape[3] / groups
      return try product(
        gradient, kernel: (w.shape[0], w.shape[1]), depth: columns, into: y, columns: w.shape[2],
        finish, mul: 1, div: convolution.stride, shift: convolution.padding,
        step: -convolution.dilation
      ) { group in (turned, group * turned.count / groups, row) }
    }
  }

  /// The forward product's matrix [Ky*Kx*depth, columns of all groups]: the weights themselves if
  /// their strides are a matrix's, else a copy.
  private func packed(_ w: Tensor) throws -> (matrix: Tensor, offset: Int, row: Int) {
    let s = w.strides
    let isMatrix =
      (w.shape[1] == 1 || s[1] == w.shape[2] * s[2])
      && (w.shape[0] == 1 || s[0] == w.shape[1] * w.shape[2] * s[2])
    if isMatrix { return (w, 0, s[2]) }
    let row = w.device.tile.padded(w.shape[3])
    let matrix = try w.device.empty([w.shape[0] * w.shape[1] * w.shape[2], row])
    try pack(w, from: 0, columns: w.shape[3], transpose: false, into: matrix, offset: 0, row: row)
    return (matrix, 0, row)
  }

  /// The weights turned for the input's gradient: [groups, Ky*Kx*columns, depth].
  private func turned(_ w: Tensor) throws -> (matrix: Tensor, row: Int) {
    let columns = w.shape[3] / groups
    let row = w.device.tile.padded(w.shape[2])
    let rows = w.shape[0] * w.shape[1] * columns
    let matrix = try w.device.empty([groups, rows, row])
    for group in 0..<groups {
      try pack(
        w, from: group * columns, columns: columns, transpose: true, into: matrix,
        offset: group * rows * row, row: row)
    }
    return (matrix, row)
  }

  private func pack(
    _ w: Tensor, from column: Int, columns: Int, transpose: Bool, into matrix: Tensor, offset: Int,
    row: Int
  ) throws {
    try w.device.launch(
      Kernel("convolution", "convolution_pack"),
      items: w.shape[0] * w.shape[1] * (transpose ? columns : w.shape[2]),
      [
        .tensor(w, from: column), .int(w.strides[0]), .int(w.strides[1]), .int(w.strides[2]),
        .int(w.shape[1]), .int(w.shape[2]), .int(columns), .flag(transpose),
        .tensor(matrix, from: offset), .int(row),
      ])
  }

  /// y = windows of x times a matrix, group by group; the gather is prelude.h's, in either
  /// direction.
  private func product(
    _ x: Reading, kernel: (y: Int, x: Int), depth: Int, into y: Tensor, columns: Int,
    _ finish: Finish, mul: Int, div: Int, shift: Int, step: Int,
    matrix: (_ group: Int) -> (matrix: Tensor, offset: Int, row: Int)
  ) throws -> ChannelSums? {
    let device = y.device
    let channels = y.shape[3]
    let rows = y.count / channels
    let panelRow = device.tile.padded(kernel.y * kernel.x * depth)
    let work = WorkBucket(
      step > 0 ? "convolution" : "convolution-input", rows: WorkBucket.rounded(rows),
      columns: WorkBucket.rounded(columns),
      depth: WorkBucket.rounded(kernel.y * kernel.x * depth), kernel: kernel.y, stride: mul * div)
    let tileRow = device.tile.columns * device.tile.lanes
    let blocking = Blocking.product(
      rows: rows, columns: columns, panelRow: panelRow, gathersSums: finish.gathersSums,
      device: device, settings: device.settings(for: work))
    let items = blocking.items(rows: rows, columns: columns)
    let sums = try finish.sums(
      device, splits: blocking.splits(rows), rowsPerSplit: blocking.itemRows, channels: channels)
    let perItem =
      finish.sumRows * device.tile.padded(columns) + blocking.blockRows * (panelRow + tileRow)
      + device.tile.lanes
    let scratch = try device.empty([device.scratchSlots(items: items), perItem])
    for group in 0..<groups {
      let (w, offset, row) = matrix(group)
      let (from, to) = (group * depth, group * columns)
      let shapes: [Argument] = [
        .int(channels), .int(rows), .int(columns), .int(x.shape[1]), .int(x.shape[2]),
        .int(x.shape[3]), .int(y.shape[1]), .int(y.shape[2]), .int(kernel.y), .int(kernel.x),
        .int(depth), .int(mul), .int(div), .int(shift), .int(step), .int(blocking.itemRows),
        .int(blocking.blockRows), .int(blocking.itemColumns),
      ]
      var arguments = x.arguments(from: from)
      arguments += [x.tableRow, x.viewArgument, .tensor(w, from: offset), .int(row)]
      arguments += [.tensor(y, from: to)]
      arguments += shapes
      arguments += [.tensor(scratch), .long(perItem)]
      arguments += finish.arguments(from: to)
      arguments += finish.inference(from: to)
      arguments += [.tensor(sums?.partial, from: to)]
      try device.launch(Kernel("convolution", "convolution"), items: items, arguments)
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
    let work = WorkBucket(
      "convolution-backward", rows: WorkBucket.rounded(rows), columns: WorkBucket.rounded(columns),
      depth: WorkBucket.rounded(all), kernel: w.shape[0], stride: convolution.stride)
    let blocking = Blocking.weights(
      rows: rows, depth: all, columns: columns, device: device,
      settings: device.settings(for: work))
    let items = blocking.items(rows: rows, columns: all)
    let splits = blocking.splits(rows)
    let sums = try finish.sums(
      device, splits: splits, rowsPerSplit: blocking.itemRows, channels: x.shape[3])
    let tileRow: Int = tile.columns * tile.lanes
    let panelRow: Int = tile.padded(columns) + tile.padded(blocking.itemColumns) + tileRow
    let perItem: Int =
      finish.sumRows * tile.padded(all) + blocking.blockRows * panelRow + tile.lanes
    let scratch = try device.empty([device.scratchSlots(items: items), perItem])
    let turned: (matrix: Tensor, row: Int)? = dx == nil ? nil : try turned(w)
    for group in 0..<groups {
      let (from, to) = (group * depth, group * columns)
      let partial: Tensor? =
        weights == nil
        ? nil : try device.empty([splits, w.shape[0], w.shape[1], depth, columns])
      let shapes: [Argument] = [
        .int(rows), .int(columns), .int(x.shape[1]), .int(x.shape[2]), .int(x.shape[3]),
        x.tableRow, .int(gradient.shape[1]), .int(gradient.shape[2]), .int(w.shape[0]),
        .int(w.shape[1]), .int(depth), .int(convolution.stride), .int(-convolution.padding),
        .int(convolution.dilation), .int(blocking.itemRows), .int(blocking.blockRows),
        .int(blocking.itemColumns),
      ]
      var arguments = x.inputArguments(from: from)
      arguments += [x.viewArgument]
      arguments += gradient.arguments(from: to)
      arguments += [gradient.tableRow, gradient.viewArgument, .int(gradient.shape[3])]
      let turnedGroup: Int = group * (turned?.matrix.count ?? 0) / groups
      arguments += [.tensor(turned?.matrix, from: turnedGroup), .int(turned?.row ?? 0)]
      arguments += [.tensor(dx, from: from), .tensor(partial)]
      arguments += shapes
      arguments += [.tensor(scratch), .long(perItem)]
      arguments += finish.arguments(from: from)
      arguments += [.tensor(sums?.partial, from: from)]
      try device.launch(
        Kernel("convolution_backward", "convolution_backward"), items: items, arguments)
      if let partial, let weights {
        let part = weights.tensor.slice(
          from: [0, 0, 0, to], sizes: [w.shape[0], w.shape[1], depth, columns])
        try device.sumPartials(partial, into: GradientSink(part, accumulate: weights.accumulate))
      }
    }
    return sums
  }
}
