import Operators
import Search
import Supernets

/// Trains a candidate alone from random parameters and judges it on the validation images: the
/// reference, or, at a part of its cost, a low fidelity.
public final class FullTrainingEstimator: Estimator {
  private let trainer: CandidateTrainer
  private let fidelity: Fidelity
  private let part: Double

  /// Throws a `ConfigurationError` where the plan cannot be made cheaper along that axis.
  ///
  /// - Parameters:
  ///   - plan: how a candidate is trained and judged.
  ///   - device: to train on.
  ///   - fidelity: along which axis a part of the effort is saved.
  ///   - part: what is left of it at fidelity 1.
  ///   - monitor: told each step.
  public init(
    _ plan: TrainingPlan, on device: any Device, fidelity: Fidelity = .epochs, part: Double = 1,
    monitor: WorkMonitor = WorkMonitor()
  ) throws {
    trainer = CandidateTrainer(plan, on: device, monitor: monitor)
    self.fidelity = fidelity
    self.part = part
    _ = try fidelity.apply(plan, part)
  }

  public let hasFidelities = true
  public var settings: [String: String] {
    trainer.plan.settings.merging(["part": "\(part)"]) { $1 }
  }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let plan = try self.fidelity.apply(trainer.plan, part * fidelity)
    return [Self.top1: try trainer.accuracies(of: architecture, plan, seed: seed).last ?? 0]
  }
}
