// How the streaming kernels' work is cut. Cuts depend on shapes and the device's tile alone, so
// sums come out the same whatever runs beside them.

extension Tile {
  /// Rows of `columns` elements that a work-item streams through.
  func rowChunk(columns: Int) -> Int { max(1, elementsPerItem / max(columns, 1)) }

  /// Columns of those rows: all of them, or one vector where neighbouring items should read
  /// neighbouring memory.
  func columnSpan(columns: Int) -> Int { elementsPerItem <= lanes ? lanes : padded(columns) }

  /// Items that stream through `rows` x `columns` elements so.
  func streamItems(rows: Int, columns: Int) -> Int {
    rows.dividedRoundingUp(by: rowChunk(columns: columns))
      * columns.dividedRoundingUp(by: columnSpan(columns: columns))
  }

  /// Columns whose sums over all rows of an image an item keeps in registers (`STRIP` of
  /// `kernels/squeeze_excitation.cl`), or one vector.
  func stripSpan(columns: Int) -> Int {
    elementsPerItem <= lanes ? lanes : min(padded(columns), 3 * self.columns * lanes)
  }

  /// Rows that one partial sum covers: enough to stay in a core's cache, few enough to share out.
  func reductionRows(columns: Int) -> Int {
    let least = elementsPerItem <= lanes ? 32 : 64
    return min(max(2 * elementsPerItem / max(columns, 1), least), 1024)
  }
}

extension Device {
  /// Launches a kernel over `count` elements.
  ///
  /// Its parameters after the tensors begin with the count and the vectors a work-item handles.
  public func launchElementwise(
    _ kernel: Kernel, count: Int, _ tensors: [KernelArgument], _ rest: [KernelArgument] = []
  ) throws {
    let perItem = max(1, tile.elementsPerItem / tile.lanes)
    try launch(
      kernel, items: tile.vectors(count).dividedRoundingUp(by: perItem),
      tensors, [.long(count), .int(perItem)], rest)
  }

  public func fill(_ tensor: Tensor, with value: Float) throws {
    precondition(tensor.isDense, "fill a view \(tensor.shape) strides \(tensor.strides)")
    try launchElementwise(
      Kernel("elementwise", "fill"), count: tensor.count, [.tensor(tensor)], [.float(value)])
  }

  /// y (+)= x, both dense and of one shape.
  public func copy(_ x: Tensor, to y: Tensor, accumulate: Bool = false) throws {
    precondition(x.isDense && y.isDense && x.shape == y.shape, "copy \(x.shape) to \(y.shape)")
    try launchElementwise(
      Kernel("elementwise", "accumulate"), count: x.count, [.tensor(x), .tensor(y)],
      [.flag(accumulate)])
  }

  /// y[r, c] (+)= x[r, c] between two matrices whose last stride is 1.
  public func copyRows(
    from x: Tensor, to y: Tensor, accumulate: Bool = false
  ) throws {
    precondition(x.shape == y.shape && x.shape.count == 2, "copy \(x.shape) to \(y.shape)")
    precondition(x.strides[1] == 1 && y.strides[1] == 1, "copy across columns")
    let (rows, columns) = (x.shape[0], x.shape[1])
    try launch(
      Kernel("elementwise", "copy_rows"), items: tile.streamItems(rows: rows, columns: columns),
      [
        .tensor(x), .int(x.strides[0]), .tensor(y), .int(y.strides[0]), .int(rows), .int(columns),
        .int(tile.rowChunk(columns: columns)), .int(tile.columnSpan(columns: columns)),
        .flag(accumulate),
      ])
  }

  /// out (+)= sum of the first dimension of `partial` [splits, i, j, k, columns], in order.
  func sumPartials(_ partial: Tensor, into sink: GradientSink) throws {
    let out = sink.tensor
    precondition(
      partial.shape.count == 5 && partial.shape.dropFirst().elementsEqual(out.shape),
      "sum \(partial.shape) into \(out.shape)")
    precondition(out.strides[3] == 1, "sum into columns with stride \(out.strides[3])")
    try launchSecondStage(
      "reduce", "sum_partials",
      vectors: out.shape[0] * out.shape[1] * out.shape[2] * tile.vectors(out.shape[3]),
      splits: partial.shape[0],
      [
        .tensor(partial), .int(partial.shape[0]), .long(partial.strides[0]), .tensor(out),
        .int(out.shape[1]), .int(out.shape[2]), .int(out.strides[0]), .int(out.strides[1]),
        .int(out.strides[2]), .int(out.shape[3]), .flag(sink.accumulate),
      ])
  }

  /// out[c] (+)= sum over rows of x [rows, c].
  func sumRows(_ x: Tensor, into sink: GradientSink) throws {
    let (rows, columns) = (x.shape[0], x.shape[1])
    let chunk = tile.reductionRows(columns: columns)
    let splits = rows.dividedRoundingUp(by: chunk)
    let partial = try empty([splits, 1, 1, 1, columns])
    try launch(
      Kernel("reduce", "sum_rows"), items: splits * tile.vectors(columns),
      [.tensor(x), .tensor(partial), .int(rows), .int(columns), .int(chunk)])
    let out = Tensor(
      storage: sink.tensor.storage, offset: sink.tensor.offset, shape: [1, 1, 1, columns])
    try sumPartials(partial, into: GradientSink(out, accumulate: sink.accumulate))
  }
}
