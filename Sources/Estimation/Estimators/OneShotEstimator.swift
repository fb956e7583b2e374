import Datasets
import Operators
import Search
import Supernets

/// Judges subnets with the weights they inherit from one supernet, which is trained for all of them
/// when the first is asked for (Bender and others 2018; Guo and others 2020).
public final class OneShotEstimator: Estimator {
  private let plan: TrainingPlan
  private let device: any Device
  private let seed: UInt64
  private var trained: (accuracy: AccuracyEstimator, validation: [LabelledImages])?

  /// - Parameter plan: its recipe says how the supernet is trained: `sampling`, `epochs`.
  public init(_ plan: TrainingPlan, on device: any Device, seed: UInt64) {
    self.plan = plan
    self.device = device
    self.seed = seed
  }

  public var settings: [String: String] { plan.settings.merging(["seed": "\(seed)"]) { $1 } }

  private func judge(
    _ supernet: Supernet
  ) throws -> (accuracy: AccuracyEstimator, validation: [LabelledImages]) {
    (
      AccuracyEstimator(supernet, calibration: try plan.calibration(on: device)),
      try plan.labelled(plan.validation, on: device)
    )
  }

  /// Trains the supernet, if it is not trained yet.
  @discardableResult
  public func train() throws -> AccuracyEstimator {
    if let trained { return trained.accuracy }
    var recipe = plan.recipe
    recipe.seed = seed
    let trainer = try Trainer(
      try Supernet(plan.space, on: device, seed: seed), recipe: recipe, images: plan.training,
      statistics: plan.statistics)
    while !trainer.isFinished { _ = try trainer.runStep() }
    let judged = try judge(trainer.supernet)
    trained = judged
    return judged.accuracy
  }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let accuracy = try train()
    guard let validation = trained?.validation else { return [:] }
    return [Self.top1: try accuracy.top1(architecture, on: validation)]
  }
}
