import Compute
import Export
import Search

/// What is known of a candidate before it is judged: counted, measured on a device here, or predicted
/// from the table of one elsewhere.
final class CandidateCosts {
  private let space: any NetworkSpace
  /// The metrics that are wanted.
  let names: [String]
  private let sources: [String: any LatencySource]
  private var known: [Architecture: [String: Double]] = [:]

  /// Those that latencies are wanted of, in the order asked for.
  var devices: [String] {
    names.compactMap { name in
      guard let metric = CostMetric.OnDevice(name), name == CostMetric.latency(on: metric.device)
      else { return nil }
      return metric.device
    }
  }

  /// Says whether any of these must be timed.
  var areTimed: Bool { sources.values.contains { $0 is any SubnetTimer } }

  /// - Parameters:
  ///   - names: the metrics that are wanted; those that are no costs are left out.
  ///   - source: where the latencies of a device come from, by its name.
  init(
    _ names: [String], of space: any NetworkSpace,
    source: (String) throws -> any LatencySource
  ) throws {
    self.space = space
    var wanted: [String] = []
    for name in names where CostMetric.contains(name) && !wanted.contains(name) {
      wanted.append(name)
    }
    self.names = wanted
    var sources: [String: any LatencySource] = [:]
    for name in wanted {
      guard let metric = CostMetric.OnDevice(name) else { continue }
      let found = try sources[metric.device] ?? source(metric.device)
      try found.require(metric)
      sources[metric.device] = found
    }
    self.sources = sources
  }

  /// The wanted metrics; a `DeviceError` where a device cannot run the candidate.
  func values(of architecture: Architecture) throws -> [String: Double] {
    guard !names.isEmpty else { return [:] }
    if let values = known[architecture] { return values }
    let cost = try space.cost(of: architecture)
    var values: [String: Double] = [:]
    for name in names {
      switch name {
      case CostMetric.multiplyAdds: values[name] = Double(cost.multiplyAdds)
      case CostMetric.parameters: values[name] = Double(cost.parameters)
      case CostMetric.peakBytes: values[name] = Double(cost.peakActivationBytes)
      case CostMetric.fileBytes:
        values[name] = Double(try ExportedSubnet.byteCount(of: architecture, in: space))
      default: values[name] = try measured(name, architecture)
      }
    }
    known[architecture] = values
    return values
  }

  private func measured(_ name: String, _ architecture: Architecture) throws -> Double? {
    guard let metric = CostMetric.OnDevice(name) else { return nil }
    switch metric.quantity {
    case .latency:
      return try sources[metric.device]?.seconds(of: architecture, batch: metric.batch)
    case .energy:
      return try sources[metric.device]?.joules(of: architecture, batch: metric.batch)
    }
  }
}

/// Devices by the names of limits and objectives: tables' first, then those of this machine.
final class DeviceSources {
  private let predictors: [String: LatencyPredictor]
  private let open: (String) throws -> any SubnetTimer
  private var timers: [String: any SubnetTimer] = [:]

  /// - Parameter tables: paths of latency tables.
  init(
    tables: [String], for space: any NetworkSpace,
    open: @escaping (String) throws -> any SubnetTimer
  ) throws {
    let named = try TableOptions.predictors(tables, for: space)
    predictors = Dictionary(named.map { ($0.name, $0.predictor) }) { $1 }
    self.open = open
  }

  func source(_ name: String) throws -> any LatencySource {
    if let predictor = predictors[name] { return predictor }
    if let timer = timers[name] { return timer }
    let timer = try open(name)
    timers[name] = timer
    return timer
  }
}
