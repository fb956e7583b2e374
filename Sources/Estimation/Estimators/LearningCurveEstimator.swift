import Operators
import Search
import Supernets

/// Trains a candidate alone and stops where its curve says that it will not beat the best so far
/// (Domhan and others 2015); what is stopped is judged by where its curve leads.
///
/// What the best is it learns from candidates of the same fidelity that were trained to the end, in
/// the order they came.
public final class LearningCurveEstimator: Estimator {
  private let trainer: CandidateTrainer
  /// Epochs before a curve is read.
  private let leastEpochs: Int
  /// A candidate this unlikely to win is stopped.
  private let leastChance: Double
  /// By fidelity.
  private var best: [Double: Double] = [:]

  public init(
    _ plan: TrainingPlan, on device: any Device, leastEpochs: Int = 3, leastChance: Double = 0.05,
    monitor: WorkMonitor = WorkMonitor()
  ) {
    precondition(leastEpochs > 1, "a curve through \(leastEpochs) points")
    trainer = CandidateTrainer(plan, on: device, monitor: monitor)
    self.leastEpochs = leastEpochs
    self.leastChance = leastChance
  }

  public let metrics = [LearningCurveEstimator.top1, deviation, "epochs"]
  public let hasFidelities = true
  public var settings: [String: String] {
    trainer.plan.settings.merging([
      "least-epochs": "\(leastEpochs)", "least-chance": "\(leastChance)",
    ]) { $1 }
  }

  public func recall(_ trials: [Trial]) {
    for trial in trials where trial.state == .complete && trial.metrics[Self.deviation] == 0 {
      learn(trial.metrics[Self.top1] ?? 0, at: trial.fidelity)
    }
  }

  private func learn(_ top1: Double, at fidelity: Double) {
    best[fidelity] = max(best[fidelity] ?? 0, top1)
  }

  /// Besides `top1`: `top1.deviation`, 0 where training went to its end, and `epochs`.
  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let plan = try Fidelity.epochs.apply(trainer.plan, fidelity)
    let end = Double(plan.recipe.epochs)
    var foretold: Prediction?
    let accuracies = try trainer.accuracies(of: architecture, plan, seed: seed) {
      [self] accuracies in
      guard accuracies.count >= leastEpochs else { return true }
      let curve = LearningCurve(accuracies)
      guard curve.probability(above: best[fidelity] ?? 0, after: end) < leastChance else {
        return true
      }
      foretold = curve.prediction(after: end)
      return false
    }
    let top1 = foretold?.mean ?? accuracies.last ?? 0
    if foretold == nil { learn(top1, at: fidelity) }
    return [
      Self.top1: top1, Self.deviation: foretold?.deviation ?? 0,
      "epochs": Double(accuracies.count),
    ]
  }
}
