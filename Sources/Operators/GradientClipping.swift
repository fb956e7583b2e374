/// Gradients as long as a limit at most: all of them are made shorter by one factor, where together
/// they are longer (Pascanu and others 2013; PyTorch's `clip_grad_norm_`).
public struct GradientClipping: Sendable {
  /// The greatest length, as Euclid measures it, of all gradients together.
  public var limit: Float

  public init(limit: Float) { self.limit = limit }

  /// The factor and the length of `gradients`: [2].
  ///
  /// Launches alone; nothing waits for them. Sums are in an order that the count and the device's
  /// tile give.
  public func factor(of gradients: Tensor) throws -> Tensor {
    precondition(gradients.isDense, "clip a view \(gradients.shape)")
    let device = gradients.device
    let tile = device.tile
    // A processor's item reads vectors in a row; on a GPU neighbours read neighbours.
    let columns = tile.elementsPerItem <= tile.lanes ? 256 : tile.lanes
    let chunk = tile.reductionRows(columns: columns)
    let splits = gradients.count.dividedRoundingUp(by: columns * chunk)
    let partial = try device.empty([splits, 1, 1, 1, columns])
    try device.launch(
      Kernel("reduce", "sum_squares"), items: splits * columns / tile.lanes,
      [
        .tensor(gradients), .tensor(partial), .long(gradients.count), .int(columns), .int(chunk),
      ])
    let squares = try device.empty([1, 1, 1, columns])
    try device.sumPartials(partial, into: GradientSink(squares, accumulate: false))
    let clipped = try device.empty([2])
    try device.launch(
      Kernel("reduce", "clip_length"), items: 2,
      [.tensor(squares), .tensor(clipped), .int(columns), .float(limit)])
    return clipped
  }

  /// The definition in double precision.
  public func reference(_ gradients: [Double]) -> (factor: Double, length: Double) {
    let length = gradients.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return (min(1, Double(limit) / (length + 1e-6)), length)
  }
}
