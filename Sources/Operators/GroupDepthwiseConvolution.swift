/// A 3x3, 5x5 or 7x7 convolution of each channel by itself, stride 1 or 2, padded to keep the size,
/// by work-groups: for GPUs.
///
/// Floor: its tensors, read or written once.
struct GroupDepthwiseConvolution: ConvolutionMethod {
  var stride: Int

  /// Channels of a group.
  private static let channels = 32
  /// Most splits of rows, and so partial sums of each weight or channel.
  private static let mostSplits = 256

  /// Rows of a tile, as many as 32 KiB of local memory hold, and items of its group; as the kernel
  /// files have them.
  private struct Band {
    var rows: Int
    var groupSize: Int
  }

  func forward(_ x: Reading, _ w: Tensor, into y: Tensor, _ finish: Finish) throws -> ChannelSums? {
    let size = w.shape[0]
    let rows = stride == 1 ? 8 : size < 7 ? 4 : 2
    return try convolve(
      x, w, offset: 0, sign: 1, into: y, finish, "group_depthwise\(size)_\(stride)",
      Band(rows: rows, groupSize: 16 * rows))
  }

  func backward(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, weights: GradientSink?, input: Variable
  ) throws {
    if let weights { try weightGradient(x, w, gradient, into: weights) }
    guard input.requiresGradient else { return }
    let band = Band(rows: 8, groupSize: 128)
    let size = w.shape[0]
    try input.storeGradient { y, finish in
      guard stride == 1 else {
        return try convolve(
          gradient, w, offset: 0, sign: 1, into: y, finish, "group_depthwise_spread\(size)", band)
      }
      // The same convolution with its taps in the opposite order.
      let last = (size - 1) * (w.strides[0] + w.strides[1])
      return try convolve(
        gradient, w, offset: last, sign: -1, into: y, finish, "group_depthwise\(size)_1", band)
    }
  }

  private func convolve(
    _ x: Reading, _ w: Tensor, offset: Int, sign: Int, into y: Tensor, _ finish: Finish,
    _ function: String, _ band: Band
  ) throws -> ChannelSums? {
    let device = y.device
    let rows = y.shape[0] * y.shape[1]
    let (share, items) = cut(y.shape, band, mostSplits: nil, device)
    let sums = try finish.sums(
      device, splits: rows.dividedRoundingUp(by: share), rowsPerSplit: share * y.shape[2],
      channels: y.shape[3])
    var arguments = x.arguments()
    arguments += [
      x.viewArgument, .tensor(w, from: offset), .int(sign * w.strides[0]),
      .int(sign * w.strides[1]), .tensor(y),
    ]
    arguments += sizes(rows: rows, input: x.shape, output: y.shape, share: share)
    arguments += finish.arguments()
    arguments += finish.inference()
    arguments += [.tensor(sums?.partial)]
    try device.launchGroups(
      Kernel("group_depthwise", function, groupSize: band.groupSize, on: x.x.element),
      items: items,
      rows: [y.shape[3], w.strides[0], w.strides[1]], arguments)
    return sums
  }

  private func weightGradient(
    _ x: Reading, _ w: Tensor, _ gradient: Reading, into sink: GradientSink
  ) throws {
    let device = w.device
    let (size, shape) = (w.shape[0], gradient.shape)
    let rows = shape[0] * shape[1]
    let (share, items) = cut(
      shape, Band(rows: (size < 7 ? 8 : 4) / stride, groupSize: 128),
      mostSplits: GroupDepthwiseConvolution.mostSplits, device)
    let partial = try device.empty(
      [rows.dividedRoundingUp(by: share), size, size, 1, shape[3]])
    var arguments = x.inputArguments() + [x.viewArgument]
    arguments += gradient.arguments() + [gradient.viewArgument, .tensor(partial)]
    arguments += sizes(rows: rows, input: x.shape, output: shape, share: share)
    try device.launchGroups(
      Kernel(
        "group_depthwise_weights", "group_depthwise_weights\(size)_\(stride)", groupSize: 128,
        on: x.x.element),
      items: items, rows: [shape[3]], arguments)
    try device.sumPartials(partial, into: sink)
  }

  /// Rows of a group, and the items of all.
  private func cut(
    _ y: Shape, _ band: Band, mostSplits: Int?, _ device: any Device
  ) -> (share: Int, items: Int) {
    let rows = y[0] * y[1]
    let perRow = y[3].dividedRoundingUp(by: GroupDepthwiseConvolution.channels)
    let share = GroupBand.share(
      height: y[1], rows: rows, band: band.rows, perRow: perRow,
      units: device.description.computeUnits, mostSplits: mostSplits)
    return (share, rows.dividedRoundingUp(by: share) * perRow * band.groupSize)
  }

  private func sizes(rows: Int, input: Shape, output: Shape, share: Int) -> [KernelArgument] {
    [rows, input[1], input[2], output[1], output[2], output[3], share].map { .int($0) }
  }
}
