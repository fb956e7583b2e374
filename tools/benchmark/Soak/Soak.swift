import Compute
import Datasets
import Estimation
import Laws
import Search
import Studies

/// A long training and a long search of a tiny space: thousands of steps and candidates, to see
/// whether any of them leaves something behind.
///
/// Checkpoints are written, candidates recalibrated and validated, some timed, and kept in a study,
/// as `supernet` does it.
struct Soak {
  let device: any Device
  /// A folder of its own, for a checkpoint and a study.
  let folder: String

  /// Steps between two checkpoints.
  private static let stepsPerCheckpoint = 100
  /// Steps between two readings of the losses.
  private static let stepsPerReading = 20
  /// Of so many candidates one is timed.
  private static let candidatesPerTiming = 8

  private let supernet: Supernet
  private let images = BarImages.make(640)
  private let statistics: PixelStatistics

  init(on device: any Device, folder: String) throws {
    (self.device, self.folder) = (device, folder)
    supernet = try Supernet(TinySpaces.elastic.space(), on: device, seed: 1)
    statistics = try PixelStatistics(of: images)
  }

  /// - Parameter afterStep: told how many are done.
  func train(steps: Int, afterStep: (Int) throws -> Void) throws {
    let batch = 32
    let recipe = TrainingRecipe(
      epochs: steps.dividedRoundingUp(by: images.count / batch), batchSize: batch,
      learningRate: 0.02)
    let trainer = try Trainer(supernet, recipe: recipe, images: images, statistics: statistics)
    let checkpoint = folder + "/checkpoint.safetensors"
    while trainer.step < steps {
      let losses = try trainer.runStep(
        reportingLosses: trainer.step % Self.stepsPerReading == 0)
      if let losses { try trainer.requireNumbers(losses) }
      if trainer.step % Self.stepsPerCheckpoint == 0 {
        try Checkpoint.write(
          trainer, spaceText: supernet.space.yaml, dataset: images.name, to: checkpoint)
        try Checkpoint(readingFrom: checkpoint).restore(
          trainer, spaceText: supernet.space.yaml, dataset: images.name, path: checkpoint)
      }
      try afterStep(trainer.step)
    }
  }

  /// - Parameter afterCandidate: told how many are judged.
  func search(candidates: Int, afterCandidate: (Int) throws -> Void) throws {
    func labelled(_ positions: Range<Int>) throws -> [LabelledImages] {
      try LabelledImages.batches(
        of: images.selecting(Array(positions)), statistics: statistics, batchSize: 64, on: device)
    }
    let timer = LatencyTimer(supernet)
    let latency = CostMetric.latency(on: device.description.identifier)
    var known: [Architecture: [String: Double]] = [:]
    let search = SubnetSearch(
      AccuracyEstimator(supernet, calibration: try labelled(0..<128)),
      validation: try labelled(128..<256),
      in: try StudyFile(folder + "/study.sqlite", of: SubnetSearch.header(of: supernet.space))
    ) { architecture in
      if let costs = known[architecture] { return costs }
      let cost = try supernet.space.cost(of: architecture)
      var costs = [CostMetric.multiplyAdds: Double(cost.multiplyAdds)]
      if known.count % Self.candidatesPerTiming == 0 {
        costs[latency] = try timer.seconds(of: architecture, batch: 1)
      }
      known[architecture] = costs
      return costs
    }
    let goal = SearchGoal(Objective(.maximise, SubnetSearch.accuracyMetric))
    try search.run(
      StrategyCatalogue.entry(named: "random").make(1), named: "random",
      under: [SubnetBudget("all", goal)], total: candidates
    ) { study in try afterCandidate(study.trials.count { $0.state == .complete }) }
  }
}
