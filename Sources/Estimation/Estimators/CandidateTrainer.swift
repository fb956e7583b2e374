import Datasets
import Operators
import Search
import Supernets

/// Trains candidates alone, one after the other; what they are judged on is on the device once.
final class CandidateTrainer {
  let plan: TrainingPlan
  private let device: any Device
  private let monitor: WorkMonitor
  private var validation: [LabelledImages]?
  private var calibrations: [Int: [LabelledImages]] = [:]

  init(_ plan: TrainingPlan, on device: any Device, monitor: WorkMonitor) {
    self.plan = plan
    self.device = device
    self.monitor = monitor
  }

  /// Trains epoch by epoch, as long as `goesOn` says of the accuracies so far, and returns these.
  ///
  /// - Parameters:
  ///   - plan: this trainer's, or a part of it.
  ///   - goesOn: asked after each epoch but the last; unless given, only the end is judged.
  func accuracies(
    of architecture: Architecture, _ plan: TrainingPlan, seed: UInt64,
    while goesOn: (([Double]) -> Bool)? = nil
  ) throws -> [Double] {
    var recipe = plan.recipe
    recipe.seed = seed
    let network = try Supernet(plan.space, on: device, seed: seed, alone: architecture)
    let trainer = try Trainer(
      network, recipe: recipe, images: plan.training, statistics: plan.statistics)
    let images = try judgingImages(plan)
    let accuracy = AccuracyEstimator(trainer.evaluated, calibration: images.calibration)
    var accuracies: [Double] = []
    for epoch in 1...recipe.epochs {
      try monitor.step("training a candidate, epoch \(epoch) of \(recipe.epochs)")
      for _ in 0..<trainer.batches.batchCount {
        _ = try trainer.runStep(subnets: [architecture])
      }
      guard goesOn != nil || trainer.isFinished else { continue }
      accuracies.append(try accuracy.top1(architecture, on: images.validation))
      if let goesOn, !trainer.isFinished, !goesOn(accuracies) { break }
    }
    return accuracies
  }

  /// Parts of a plan have its validation images, and may have fewer training images.
  private func judgingImages(
    _ plan: TrainingPlan
  ) throws -> (validation: [LabelledImages], calibration: [LabelledImages]) {
    let count = min(plan.training.count, plan.calibrationImages)
    let validation = try validation ?? plan.labelled(plan.validation, on: device)
    let calibration = try calibrations[count] ?? plan.calibration(on: device)
    self.validation = validation
    calibrations[count] = calibration
    return (validation, calibration)
  }
}
