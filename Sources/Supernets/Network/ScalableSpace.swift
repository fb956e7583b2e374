/// A space that can be made smaller with the same search space: for low-fidelity estimates.
public protocol ScalableSpace: NetworkSpace {
  /// Parts above 0 and at most 1 of the images' side, the channels and the cells, each rounded to
  /// what the space can do.
  func scaled(resolution: Double, channels: Double, cells: Double) throws -> any NetworkSpace
}
