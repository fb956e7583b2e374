public import Compute
import Search

/// A timer of subnets on a device that another rank has.
public final class RankTimer: SubnetTimer {
  private let name: String
  private let crew: RankCrew
  private let owner: (rank: Int, device: String)
  private let isCareful: Bool

  /// - Parameters:
  ///   - device: as metrics name it.
  ///   - rank: for which it is timed: where that one has the device too, it does.
  ///   - crew: all that search.
  ///   - isCareful: for the few that a search would choose, rather than for hundreds.
  ///
  /// Throws a `ConfigurationError` where no rank has it.
  public init(
    _ device: String, for rank: Int = 0, of crew: RankCrew, isCareful: Bool = false
  ) throws {
    name = device
    owner = try crew.devices.owner(of: device, for: rank)
    self.crew = crew
    self.isCareful = isCareful
  }

  /// The device, under the name it has for this rank.
  public func description() throws -> DeviceDescription {
    guard
      case .device(var device) = try crew.link(to: owner.rank).ask(.describe(device: owner.device))
    else { preconditionFailure("a device has a description") }
    if name != owner.device { device.identifier = RankDevices.host(of: name) + device.identifier }
    return device
  }

  public func require(_ metric: CostMetric.OnDevice) throws {
    var own = metric
    own.device = owner.device
    _ = try crew.link(to: owner.rank).ask(.require(metric: own.text))
  }

  public func latency(of architecture: Architecture, batch: Int) throws -> Latency {
    guard !isCareful else { return try measured(architecture, batch) }
    return try crew.latency(of: architecture, batch: batch, on: name) {
      try measured(architecture, batch)
    }
  }

  private func measured(_ architecture: Architecture, _ batch: Int) throws -> Latency {
    let task = RankTask.time(
      architecture, batch: batch, device: owner.device, isCareful: isCareful)
    guard case .latency(let latency) = try crew.link(to: owner.rank).ask(task) else {
      preconditionFailure("a timing has a latency")
    }
    return latency
  }
}
