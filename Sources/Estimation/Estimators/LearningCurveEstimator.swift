import Operators
import Search
import Supernets

/// Trains a candidate alone and stops where its curve says that it will not beat the best so far
/// (Domhan and others 2015); what is stopped is judged by where its curve leads.
///
/// It learns what the best is from the candidates it has judged, in the order they came.
public final class LearningCurveEstimator: Estimator {
  private let plan: TrainingPlan
  private let device: any Device
  /// Epochs before a curve is read.
  private let leastEpochs: Int
  /// A candidate this unlikely to win is stopped.
  private let leastChance: Double
  private var best = 0.0

  public init(
    _ plan: TrainingPlan, on device: any Device, leastEpochs: Int = 3, leastChance: Double = 0.05
  ) {
    precondition(leastEpochs > 1, "a curve through \(leastEpochs) points")
    self.plan = plan
    self.device = device
    self.leastEpochs = leastEpochs
    self.leastChance = leastChance
  }

  public let metrics = [LearningCurveEstimator.top1, deviation, "epochs"]
  public let hasFidelities = true
  public var settings: [String: String] {
    plan.settings.merging([
      "least-epochs": "\(leastEpochs)", "least-chance": "\(leastChance)",
    ]) { $1 }
  }

  /// Besides `top1`: `top1.deviation`, 0 where training went to its end, and `epochs`.
  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let plan = try Fidelity.epochs.apply(plan, fidelity)
    let training = try StandAloneTraining(architecture, plan, on: device, seed: seed)
    var points: [Double] = []
    while !training.isFinished {
      try training.runEpoch()
      points.append(try training.top1())
      guard points.count >= leastEpochs, !training.isFinished else { continue }
      let (curve, end) = (LearningCurve(points), Double(plan.recipe.epochs))
      if curve.probability(above: best, after: end) < leastChance {
        let prediction = curve.prediction(after: end)
        return [
          Self.top1: prediction.mean, Self.deviation: prediction.deviation,
          "epochs": Double(points.count),
        ]
      }
    }
    let top1 = points[points.count - 1]
    best = max(best, top1)
    return [Self.top1: top1, Self.deviation: 0, "epochs": Double(points.count)]
  }
}
