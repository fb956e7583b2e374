/// An exponential moving average of parameters (Polyak and Juditsky 1992; timm's `ModelEma`).
public struct MovingAverage: Sendable {
  /// The part of the average that a step keeps.
  public var decay: Float

  public init(decay: Float) { self.decay = decay }

  /// average = decay * average + (1 - decay) * parameters, both [count]; one launch.
  public func update(_ average: Tensor, with parameters: Tensor) throws {
    precondition(
      average.isDense && parameters.isDense && average.shape == parameters.shape,
      "average \(parameters.shape) into \(average.shape)")
    try average.device.launchElementwise(
      Kernel("optimizers", "moving_average"), count: average.count,
      [.tensor(average), .tensor(parameters)], [.float(1 - decay)])
  }

  /// The definition in double precision.
  public func reference(_ average: inout [Double], with parameters: [Double]) {
    for i in average.indices {
      average[i] = Double(decay) * average[i] + (1 - Double(decay)) * parameters[i]
    }
  }
}
