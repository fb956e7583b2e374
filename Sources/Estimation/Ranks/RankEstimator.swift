import Search

/// An estimator that another rank has; what it cannot judge is a `DeviceError` here.
public final class RankEstimator: Estimator {
  public let metric: String
  public let metrics: [String]
  public let settings: [String: String]
  public let hasFidelities: Bool
  private let crew: RankCrew
  private let rank: Int
  private var (told, untold): (Set<Int>, [Trial]) = ([], [])

  /// What each rank's estimator is like.
  public struct Kind: Sendable {
    let metric: String
    let metrics: [String]
    let settings: [String: String]
    let hasFidelities: Bool

    public init(of estimator: any Estimator) {
      metric = estimator.metric
      metrics = estimator.metrics
      settings = estimator.settings
      hasFidelities = estimator.hasFidelities
    }
  }

  public init(_ kind: Kind, on rank: Int, of crew: RankCrew) {
    metric = kind.metric
    metrics = kind.metrics
    settings = kind.settings
    hasFidelities = kind.hasFidelities
    self.crew = crew
    self.rank = rank
  }

  public func recall(_ trials: [Trial]) {
    for trial in trials where trial.state == .complete && told.insert(trial.number).inserted {
      untold.append(trial)
    }
  }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let others = untold
    untold = []
    let task = RankTask.judge(architecture, fidelity: fidelity, seed: seed, others: others)
    guard case .metrics(let metrics) = try crew.ask(rank, task) else {
      preconditionFailure("a judgement has metrics")
    }
    return metrics
  }
}
