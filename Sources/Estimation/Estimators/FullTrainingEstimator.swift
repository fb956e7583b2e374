import Operators
import Search
import Supernets

/// Trains a candidate alone from random parameters and judges it on the validation images: the
/// reference, or, at a part of its cost, a low fidelity.
public final class FullTrainingEstimator: Estimator {
  private let plan: TrainingPlan
  private let device: any Device
  private let fidelity: Fidelity
  private let part: Double

  /// - Parameters:
  ///   - fidelity: along which axis a part of the effort is saved.
  ///   - part: what is left of it at fidelity 1.
  public init(
    _ plan: TrainingPlan, on device: any Device, fidelity: Fidelity = .epochs, part: Double = 1
  ) {
    self.plan = plan
    self.device = device
    self.fidelity = fidelity
    self.part = part
  }

  public let hasFidelities = true
  public var settings: [String: String] { plan.settings.merging(["part": "\(part)"]) { $1 } }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let training = try StandAloneTraining(
      architecture, try self.fidelity.apply(plan, part * fidelity), on: device, seed: seed)
    while !training.isFinished { try training.runEpoch() }
    return [Self.top1: try training.top1()]
  }
}
