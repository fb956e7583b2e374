import Compute
import Export
import Search

/// What is known of a candidate before it is judged: counted, or timed on a device.
final class CandidateCosts {
  private let space: any NetworkSpace
  private let names: [String]
  private let timers: [String: LatencyTimer]
  private var known: [Architecture: [String: Double]] = [:]

  /// Says whether any of these must be timed.
  var areTimed: Bool { !timers.isEmpty }

  /// - Parameters:
  ///   - names: the metrics that are wanted; those that are no costs are left out.
  ///   - open: opens a device by its name.
  init(
    _ names: [String], of space: any NetworkSpace, open: (String) throws -> any Device
  ) throws {
    self.space = space
    self.names = names.filter(CostMetric.contains)
    var timers: [String: LatencyTimer] = [:]
    for name in names {
      guard let device = CostMetric.device(ofLatency: name) else { continue }
      timers[name] = LatencyTimer(try Supernet(space, on: try open(device), seed: 1))
    }
    self.timers = timers
  }

  /// The wanted metrics; a `DeviceError` where a device cannot run the candidate.
  func values(of architecture: Architecture) throws -> [String: Double] {
    guard !names.isEmpty else { return [:] }
    if let values = known[architecture] { return values }
    let cost = try space.cost(of: architecture)
    let counted = [
      CostMetric.multiplyAdds: cost.multiplyAdds, CostMetric.parameters: cost.parameters,
      CostMetric.peakBytes: cost.peakActivationBytes,
    ]
    let values = try names.reduce(into: [String: Double]()) { values, name in
      values[name] =
        try timers[name]?.latency(of: architecture, batch: 1).medianSeconds
        ?? counted[name].map(Double.init)
    }
    known[architecture] = values
    return values
  }
}
