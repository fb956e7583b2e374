import Search

/// An estimator that another rank has; what it cannot judge is a `DeviceError` here.
public final class RankEstimator: Estimator {
  public let metric: String
  public let metrics: [String]
  public let settings: [String: String]
  public let hasFidelities: Bool
  private let link: RankLink
  private var known: [Trial] = []

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
    link = crew.link(to: rank)
  }

  public func recall(_ trials: [Trial]) { known = trials }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    // What is lent is given back, so that the study grows without a copy.
    defer { known = [] }
    return try link.judge(architecture, fidelity: fidelity, seed: seed, knowing: known)
  }
}
