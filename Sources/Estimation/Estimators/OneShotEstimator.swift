import Datasets
import Operators
import Search
import Supernets
import TensorFiles

/// Judges subnets with the weights they inherit from one supernet, which is trained for all of them
/// when the first is asked for (Bender and others 2018; Guo and others 2020).
public final class OneShotEstimator: Estimator {
  private let plan: TrainingPlan
  private let device: any Device
  private let seed: UInt64
  private let checkpoint: String?
  private let monitor: WorkMonitor
  private var trained: InheritedEstimator?

  /// - Parameters:
  ///   - plan: its recipe says how the supernet is trained: `sampling`, `epochs`.
  ///   - device: to train on.
  ///   - seed: of the supernet's training.
  ///   - checkpoint: a file to keep the supernet in, and to go on from.
  ///   - monitor: told each step.
  public init(
    _ plan: TrainingPlan, on device: any Device, seed: UInt64, checkpoint: String? = nil,
    monitor: WorkMonitor = WorkMonitor()
  ) {
    self.plan = plan
    self.device = device
    self.seed = seed
    self.checkpoint = checkpoint
    self.monitor = monitor
  }

  public var settings: [String: String] { plan.settings.merging(["seed": "\(seed)"]) { $1 } }

  public func prepare() throws { _ = try judge() }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    try judge().metrics(of: architecture, fidelity: fidelity, seed: seed)
  }

  /// Of the trained supernet.
  private func judge() throws -> InheritedEstimator {
    if let trained { return trained }
    let judge = InheritedEstimator(
      AccuracyEstimator(try trainedSupernet(), calibration: try plan.calibration(on: device)),
      validation: try plan.labelled(plan.validation, on: device))
    trained = judge
    return judge
  }

  private func trainedSupernet() throws -> Supernet {
    var recipe = plan.recipe
    recipe.seed = seed
    let trainer = try Trainer(
      try Supernet(plan.space, on: device, seed: seed), recipe: recipe, images: plan.training,
      statistics: plan.statistics)
    let dataset = "images of checksum \(plan.training.checksum)"
    if let checkpoint, FileReader.exists(checkpoint) {
      try Checkpoint(readingFrom: checkpoint).restore(
        trainer, spaceText: plan.space.yaml, dataset: dataset, path: checkpoint)
    }
    func keep() throws {
      guard let checkpoint else { return }
      try Checkpoint.write(trainer, spaceText: plan.space.yaml, dataset: dataset, to: checkpoint)
    }
    var lastKept = ContinuousClock.now
    while !trainer.isFinished {
      do {
        try monitor.step("training a supernet, step \(trainer.step) of \(trainer.totalSteps)")
      } catch {
        try keep()
        throw error
      }
      _ = try trainer.runStep()
      if trainer.isFinished || ContinuousClock.now - lastKept > .seconds(20) {
        try keep()
        lastKept = .now
      }
    }
    return trainer.evaluated
  }
}
