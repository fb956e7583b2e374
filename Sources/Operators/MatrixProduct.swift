/// Products of matrices that are views: what 1x1 convolutions and linear layers stand on.
///
/// Floor: 2*rows*columns*depth FLOPs; each operand read and the result written once.
enum MatrixProduct {
  private static let kernel = Kernel("matmul", "matmul")
  /// Multiply-adds that are worth a work-item of their own on a CPU.
  private static let workPerItem = 250_000

  /// c (+)= a b (+ bias): a [rows, depth] any strides, b [depth, columns] and c with unit columns.
  static func multiply(
    _ a: Tensor, _ b: Tensor, bias: Tensor? = nil, into sink: GradientSink
  ) throws {
    let c = sink.tensor
    let device = c.device
    let (rows, depth, columns) = (a.shape[0], a.shape[1], b.shape[1])
    precondition(
      b.shape[0] == depth && c.shape == [rows, columns], "\(a.shape) x \(b.shape) = \(c.shape)")
    let tile = device.tile
    let vectors = tile.columnVectors(columns)
    let columnTiles = tile.vectors(columns).dividedRoundingUp(by: vectors)
    let blocks = rowBlocks(
      device, rows: rows, work: depth * vectors * tile.lanes, otherItems: columnTiles)
    try launch(
      a, b, c: c, splitStride: 0, bias: bias, splitDepth: depth, splits: 1, blocks: blocks,
      vectors: vectors, accumulate: sink.accumulate)
  }

  /// c (+)= a^T b over many rows: a [rows, m], b [rows, n], c [m, n] a slice.
  ///
  /// The rows are cut into splits whose partial products are summed in order.
  static func multiplyTransposed(_ a: Tensor, _ b: Tensor, into sink: GradientSink) throws {
    let device = sink.tensor.device
    let (rows, m, n) = (a.shape[0], a.shape[1], b.shape[1])
    precondition(
      b.shape[0] == rows && sink.tensor.shape == [m, n],
      "\(a.shape)^T x \(b.shape) = \(sink.tensor.shape)")
    let tile = device.tile
    // A split's partial product must be small against what it reads.
    let splitDepth = min(rows, max(512, 4 * m * n / (m + n)))
    let splits = rows.dividedRoundingUp(by: splitDepth)
    let transposed = Tensor(
      storage: a.storage, offset: a.offset, shape: [m, rows], strides: [1, a.strides[0]])
    let vectors = tile.columnVectors(n)
    if splits == 1 {
      return try launch(
        transposed, b, c: sink.tensor, splitStride: 0, bias: nil, splitDepth: rows, splits: 1,
        blocks: 1, vectors: vectors, accumulate: sink.accumulate)
    }
    let partial = try device.empty([splits, 1, 1, m, n])
    try launch(
      transposed, b, c: Tensor(storage: partial.storage, shape: [m, n]), splitStride: m * n,
      bias: nil, splitDepth: splitDepth, splits: splits, blocks: 1, vectors: vectors,
      accumulate: false)
    let out = Tensor(
      storage: sink.tensor.storage, offset: sink.tensor.offset, shape: [1, 1, m, n],
      strides: [0, 0] + sink.tensor.strides)
    try device.sumPartials(partial, into: GradientSink(out, accumulate: sink.accumulate))
  }

  /// The transposes of matrices [i, j] that lie on a grid of strides, dense: [grid, grid, j, i].
  static func transposed(_ x: Tensor) throws -> Tensor {
    precondition(x.shape.count == 4 && x.strides[3] == 1, "transpose \(x.shape)")
    let y = try x.device.empty([x.shape[0], x.shape[1], x.shape[3], x.shape[2]])
    try x.device.launch(
      Kernel("matmul", "transpose"), items: x.shape[0] * x.shape[1] * x.shape[3],
      [
        .tensor(x), .int(x.strides[2]), .int(x.strides[0]), .int(x.strides[1]), .int(x.shape[1]),
        .tensor(y), .int(x.shape[2]), .int(x.shape[3]),
      ])
    return y
  }

  /// Tiles a work-item does one below the other: enough work to be worth it, enough items for all.
  private static func rowBlocks(
    _ device: any Device, rows: Int, work: Int, otherItems: Int
  ) -> Int {
    guard device.description.kind == .cpu else { return 1 }
    let tiles = rows.dividedRoundingUp(by: device.tile.rows)
    let worthwhile = workPerItem / (work * device.tile.rows)
    let shared = tiles * otherItems / (4 * device.description.computeUnits)
    return max(1, min(worthwhile, shared))
  }

  private static func launch(
    _ a: Tensor, _ b: Tensor, c: Tensor, splitStride: Int, bias: Tensor?, splitDepth: Int,
    splits: Int, blocks: Int, vectors: Int, accumulate: Bool
  ) throws {
    let tile = c.device.tile
    let (rows, depth, columns) = (a.shape[0], a.shape[1], b.shape[1])
    let items =
      splits * rows.dividedRoundingUp(by: blocks * tile.rows)
      * tile.vectors(columns).dividedRoundingUp(by: vectors)
    try c.device.launch(
      kernel, items: items,
      [
        .tensor(a), .int(a.strides[0]), .int(a.strides[1]), .tensor(b), .int(b.strides[0]),
        .tensor(c), .int(c.strides[0]), .long(splitStride), .tensor(bias), .int(rows),
        .int(columns), .int(depth), .int(splitDepth), .int(blocks), .int(vectors),
        .flag(accumulate),
      ])
  }
}
