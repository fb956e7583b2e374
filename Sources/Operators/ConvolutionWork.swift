/// One pass of a convolution as networks run it: what a tuner times.
public struct ConvolutionWork: Hashable, Sendable {
  public enum Pass: String, Hashable, Sendable { case training, backward, inference }

  public var convolution: Convolution
  public var x: Shape
  public var w: Shape
  public var activation: Activation
  /// Whether it reads images, which are as they are and want no gradient.
  public var readsImages: Bool
  public var pass: Pass

  public init(
    _ convolution: Convolution, x: Shape, w: Shape, activation: Activation, readsImages: Bool,
    pass: Pass
  ) {
    self.convolution = convolution
    self.x = x
    self.w = w
    self.activation = activation
    self.readsImages = readsImages
    self.pass = pass
  }

  /// A guess at the seconds it takes, to begin with the heaviest: from its arithmetic at 100 GFLOP/s
  /// and its tensors at 10 GB/s.
  public var guessedSeconds: Double {
    let elements = convolution.outputShape([x, w]).product + x.product
    let once = 2e-11 * Double(convolution.multiplyAdds([x, w])) + 4e-10 * Double(elements)
    return pass == .backward ? 2 * once : once
  }

  /// The work whose choices a tuning of this device may hold.
  public func buckets(on device: any Device) throws -> [WorkBucket] {
    try trace(on: device, Tuning()).asked
  }

  /// How it is launched under a tuning: choices that make no difference have the same.
  public func launches(on device: any Device, _ tuning: Tuning) throws -> [[Int]] {
    try trace(on: device, tuning).launched
  }

  private func trace(on device: any Device, _ tuning: Tuning) throws -> CountingDevice {
    let counting = CountingDevice(imitating: device, tuning: tuning)
    try ConvolutionTrial(self, on: counting).run()
    return counting
  }
}
