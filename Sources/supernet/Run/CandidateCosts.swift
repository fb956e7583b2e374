import Compute
import Export
import Search

/// What is known of a candidate before it is judged: counted, or timed on a device.
final class CandidateCosts {
  private static let latencyPrefix = "latency."
  private static let counted = ["multiply-adds", "parameters", "peak-bytes"]

  private let space: any NetworkSpace
  private let names: [String]
  private let timers: [String: LatencyTimer]
  private var known: [Architecture: [String: Double]] = [:]

  static func isCost(_ metric: String) -> Bool {
    counted.contains(metric) || metric.hasPrefix(latencyPrefix)
  }

  /// - Parameters:
  ///   - names: the metrics that are wanted; those that are no costs are left out.
  ///   - open: opens a device by its name.
  init(
    _ names: [String], of space: any NetworkSpace, open: (String) throws -> any Device
  ) throws {
    self.space = space
    self.names = names.filter(Self.isCost)
    var timers: [String: LatencyTimer] = [:]
    for name in self.names where name.hasPrefix(Self.latencyPrefix) {
      let device = try open(String(name.dropFirst(Self.latencyPrefix.count)))
      timers[name] = LatencyTimer(try Supernet(space, on: device, seed: 1))
    }
    self.timers = timers
  }

  /// The wanted metrics; a `DeviceError` where a device cannot run the candidate.
  func values(of architecture: Architecture) throws -> [String: Double] {
    guard !names.isEmpty else { return [:] }
    if let values = known[architecture] { return values }
    let cost = try space.cost(of: architecture)
    let all = [
      "multiply-adds": cost.multiplyAdds, "parameters": cost.parameters,
      "peak-bytes": cost.peakActivationBytes,
    ]
    let values = try names.reduce(into: [String: Double]()) { values, name in
      values[name] =
        try timers[name]?.latency(of: architecture, batch: 1).median.seconds
        ?? all[name].map(Double.init)
    }
    known[architecture] = values
    return values
  }
}
