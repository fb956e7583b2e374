/// The weights of a convolution as the matrices that tile kernels multiply by, one for each group.
///
/// In tiles (`row` 0) all rows of a register tile's columns lie behind one another, so that they
/// stay in the first-level cache; else as the weights lie, `row` floats from one row to the next.
struct TileMatrix {
  let row: Int
  private let tensor: Tensor
  /// Elements from one group's matrix to the next one's.
  private let step: Int

  /// [Ky*Kx*Ci/groups, Co/groups] of each group: the weights themselves if they lie as a matrix,
  /// unless a copy is used often: in all runs of a plan, or for many rows.
  init(_ w: Tensor, groups: Int, _ blocking: Blocking) throws {
    // A single row reads the whole matrix from end to end, as it lies.
    let few = blocking.itemRows < w.device.tile.rows * (w.device.isPlanning ? 1 : Self.manyTiles)
    if w.isMatrixOfWeights, few {
      self.init(row: w.strides[2], tensor: w, step: w.shape[3] / groups)
    } else {
      self = try w.device.once {
        try TileMatrix(packing: w, groups: groups, transposed: false, blocking)
      }
    }
  }

  /// Register tiles of rows for which an item goes through the matrix, to be worth a copy.
  private static let manyTiles = 32

  /// [Ky*Kx*Co/groups, Ci/groups] of each group: what the input's gradient multiplies by, perhaps
  /// with its taps `reversed`.
  init(turning w: Tensor, reversed: Bool = false, groups: Int, _ blocking: Blocking) throws {
    try self.init(packing: w, groups: groups, transposed: true, reversed: reversed, blocking)
  }

  private init(row: Int, tensor: Tensor, step: Int) {
    (self.row, self.tensor, self.step) = (row, tensor, step)
  }

  private init(
    packing w: Tensor, groups: Int, transposed: Bool, reversed: Bool = false, _ blocking: Blocking
  ) throws {
    let (outputs, inputs) = (w.shape[3] / groups, w.shape[2])
    let (rows, columns) = transposed ? (outputs, inputs) : (inputs, outputs)
    let items = w.shape[0] * w.shape[1] * rows
    let step = items * w.device.tile.padded(columns)
    let tensor = try w.device.empty([groups, step])
    let (y, x) = (w.strides[0], w.strides[1])
    let last = reversed ? (w.shape[0] - 1) * y + (w.shape[1] - 1) * x : 0
    for group in 0..<groups {
      try w.device.launch(
        Kernel("convolution", "convolution_pack"), items: items,
        [
          .tensor(w, from: last + group * outputs), .int(reversed ? -y : y),
          .int(reversed ? -x : x), .int(w.strides[2]), .int(w.shape[1]), .int(rows), .int(columns),
          .flag(transposed),
          .int(blocking.itemColumns), .tensor(tensor, from: group * step),
        ])
    }
    self.init(row: 0, tensor: tensor, step: step)
  }

  /// The matrix of a group, as an argument of a kernel.
  subscript(group: Int) -> KernelArgument { .tensor(tensor, from: group * step) }
}

extension Tensor {
  /// Whether weights [Ky,Kx,depth,columns], perhaps a slice, lie as a matrix [Ky*Kx*depth, columns].
  var isMatrixOfWeights: Bool {
    (shape[1] == 1 || strides[1] == shape[2] * strides[2])
      && (shape[0] == 1 || strides[0] == shape[1] * shape[2] * strides[2])
  }
}
