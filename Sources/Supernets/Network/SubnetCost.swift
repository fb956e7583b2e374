import Operators
import Search

/// What a subnet costs on any device: counted, not measured.
public struct SubnetCost: Sendable, Codable, Equatable {
  /// Of one image.
  public var multiplyAdds: Int
  public var parameters: Int
  /// The most float32 bytes alive at once while one image passes, parameters aside.
  public var peakActivationBytes: Int
}

extension NetworkSpace {
  /// Runs an architecture on a device that only counts.
  public func cost(of architecture: Architecture) throws -> SubnetCost {
    let device = CountingDevice()
    let elsewhere = CountingDevice()
    let recorder = ParameterRecorder(device: elsewhere)
    let tape = Tape(recording: false)
    let side = resolution(of: architecture)
    _ = try logits(
      architecture, Variable(try device.empty([1, side, side, channels])),
      in: NetworkPass(
        tape: tape, mode: .inference(BatchNormStatistics(on: elsewhere)), parameters: recorder))
    return SubnetCost(
      multiplyAdds: tape.multiplyAdds,
      parameters: recorder.declarations.reduce(0) { $0 + $1.shape.reduce(1, *) },
      peakActivationBytes: device.peakBytes)
  }
}
