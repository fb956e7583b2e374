extension CellSpace: ScalableSpace {
  /// The same cells in a smaller skeleton; where a stage has one cell, fewer stages.
  public func scaled(resolution: Double, channels: Double, cells: Double) throws -> any NetworkSpace
  {
    var skeleton = skeleton
    skeleton.cells = Self.part(cells, of: skeleton.cells)
    if self.skeleton.cells == 1, cells < 1 {
      skeleton.reductions = Int(Double(skeleton.reductions) * cells)
    }
    skeleton.width = Self.part(channels, of: skeleton.width)
    skeleton.stem = Self.part(channels, of: skeleton.stem)
    // A side that can still be halved as often.
    let step = 1 << skeleton.reductions
    let side = Self.part(resolution, of: self.resolution / step) * step
    return try CellSpace(
      name: name, channels: self.channels, classes: classes, resolution: side, shape: shape,
      skeleton: skeleton, operations: operations)
  }

  private static func part(_ part: Double, of count: Int) -> Int {
    max(1, Int((Double(count) * part).rounded()))
  }
}
