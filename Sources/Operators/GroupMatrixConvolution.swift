/// A convolution, dense or in groups, as a matrix product by work-groups: for GPUs.
///
/// Floor: 2*rows*columns*depth FLOPs for each of the three products; every tensor once.
struct GroupMatrixConvolution: ConvolutionMethod {
  var convolution: Convolution

  private var groups: Int { convolution.groups }

  func forward(_ x: Reading, _ w: Tensor, into y: Tensor, _ finish: Finish) throws -> ChannelSums? {
    let columns = w.shape[3] / groups
    return try product(
      x, kernel: (w.shape[0], w.shape[1]), depth: w.shape[2], into: y, columns: columns, finish,
      Gather(
        mul: convolution.stride, div: 1, shift: -convolution.padding, step: convolution.dilation),
      wRow: w.strides[2]
    ) {
      [.tensor(w, from: $0 * columns)] + w.strides.map { .int($0) }
    }
  }

  func backward(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, weights: GradientSink?, input: Variable
  ) throws {
    if let weights { try weightGradient(x, w, gradient, into: weights) }
    guard input.requiresGradient else { return }
    let columns = w.shape[3] / groups
    try input.storeGradient { y, finish in
      try product(
        gradient, kernel: (w.shape[0], w.shape[1]), depth: columns, into: y, columns: w.shape[2],
        finish,
        Gather(
          mul: 1, div: convolution.stride, shift: convolution.padding, step: -convolution.dilation),
        wRow: w.strides[2]
      ) {
        [.tensor(w, from: $0 * columns)] + [0, 1, 3, 2].map { .int(w.strides[$0]) }
      }
    }
  }

  /// As in `kernels/prelude.h`.
  private struct Gather {
    var mul, div, shift, step: Int
    var arguments: [KernelArgument] { [.int(mul), .int(div), .int(shift), .int(step)] }
  }

  /// y = windows of x times a matrix, group by group, in either direction.
  ///
  /// - Parameters:
  ///   - wRow: elements from a row of the weights to the next.
  ///   - matrix: a group's weights, and the strides of their taps (two), terms and columns.
  private func product(
    _ x: Reading, kernel: (y: Int, x: Int), depth: Int, into y: Tensor, columns: Int,
    _ finish: Finish, _ gather: Gather, wRow: Int, matrix: (_ group: Int) -> [KernelArgument]
  ) throws -> ChannelSums? {
    let device = y.device
    let channels = y.shape[3]
    let rows = y.count / channels
    let cut = GroupProduct(
      rows: rows, columns: columns, terms: kernel.y * kernel.x * device.tile.padded(depth),
      units: device.description.computeUnits)
    let sums = try finish.sums(
      device, splits: rows.dividedRoundingUp(by: cut.tileRows), rowsPerSplit: cut.tileRows,
      channels: channels)
    let productRow = device.tile.padded(columns)
    let parts = cut.splits > 1 ? try device.empty([cut.splits, rows, productRow]) : nil
    let function = Kernel(
      "group_convolution", "group_convolution_\(cut.variant)", groupSize: cut.groupSize,
      on: x.x.element)
    let items = cut.tiles(rows: rows, columns: columns) * cut.groupSize
    for group in 0..<groups {
      let to = group * columns
      var before = x.arguments(from: group * depth) + [x.tableRow, x.viewArgument] + matrix(group)
      before += [
        .tensor(y, from: to), .int(channels), .int(rows), .int(columns), .int(x.shape[1]),
        .int(x.shape[2]), .int(x.shape[3]), .int(y.shape[1]), .int(y.shape[2]), .int(kernel.y),
        .int(kernel.x), .int(depth),
      ]
      before += gather.arguments
      func launch(_ groups: Int, _ sharing: [KernelArgument], _ finish: Finish) throws {
        var arguments = before + sharing + [.tensor(parts), .int(productRow)]
        arguments += finish.arguments(from: to)
        arguments += finish.inference(from: to)
        arguments += [.tensor(sums?.partial, from: to)]
        try device.launchGroups(
          function, items: groups, rows: [x.shape[3], channels, wRow], arguments)
      }
      if cut.splits == 1 {
        try launch(items, [.int(1), .int(cut.each), .int(0)], finish)
      } else {
        try launch(items * cut.splits, [.int(cut.splits), .int(cut.each), .int(1)], .plain)
        try launch(items, [.int(1), .int(cut.splits), .int(2)], finish)
      }
    }
    return sums
  }

  private func weightGradient(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, into sink: GradientSink
  ) throws {
    let device = w.device
    let (columns, depth) = (w.shape[3] / groups, w.shape[2])
    let rows = gradient.x.count / gradient.shape[3]
    let terms = w.shape[0] * w.shape[1] * device.tile.padded(depth)
    let cut = GroupWeights(
      rows: rows, terms: terms, columns: columns, units: device.description.computeUnits)
    let items = cut.splits * GroupWeights.tiles(terms: terms, columns: columns) * 64
    let function = Kernel("group_weights", "group_weights", groupSize: 64, on: x.x.element)
    for group in 0..<groups {
      let (from, to) = (group * depth, group * columns)
      let partial = try device.empty([cut.splits, w.shape[0], w.shape[1], depth, columns])
      var arguments = x.inputArguments(from: from) + [x.tableRow, x.viewArgument]
      arguments += gradient.arguments(from: to)
      arguments += [gradient.tableRow, gradient.viewArgument, .int(gradient.shape[3])]
      arguments += [
        .tensor(partial), .int(rows), .int(columns), .int(x.shape[1]), .int(x.shape[2]),
        .int(x.shape[3]), .int(gradient.shape[1]), .int(gradient.shape[2]), .int(w.shape[0]),
        .int(w.shape[1]), .int(depth), .int(convolution.stride), .int(-convolution.padding),
        .int(convolution.dilation), .int(cut.rowsPerSplit),
      ]
      try device.launchGroups(
        function, items: items, rows: [x.shape[3], gradient.shape[3], columns], arguments)
      let part = sink.tensor.slice(
        from: [0, 0, 0, to], sizes: [w.shape[0], w.shape[1], depth, columns])
      try device.sumPartials(partial, into: GradientSink(part, accumulate: sink.accumulate))
    }
  }
}
