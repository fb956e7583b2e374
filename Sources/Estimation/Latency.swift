import Operators
import Search
@_exported import Supernets

/// How long a subnet's forward pass takes on a device: the spread of several rounds.
public struct Latency: Sendable, Equatable {
  public var batch: Int
  public var median: Duration
  /// The fastest and slowest tenth's bounds among the rounds.
  public var p10: Duration
  public var p90: Duration
}

/// How a latency is measured.
public struct LatencyProcedure: Sendable {
  /// Rounds, of which the median is taken.
  public var rounds: Int
  /// A round repeats the pass until it is this long, with one wait at its end.
  public var roundLength: Duration

  public init(rounds: Int = 9, roundLength: Duration = .milliseconds(4)) {
    self.rounds = rounds
    self.roundLength = roundLength
  }
}

/// Times subnets of a supernet's parameters on the device they lie on.
public final class LatencyTimer {
  private let supernet: Supernet
  private let procedure: LatencyProcedure
  private var measured: [Key: Latency] = [:]

  private struct Key: Hashable {
    var architecture: Architecture
    var batch: Int
  }

  public init(_ supernet: Supernet, procedure: LatencyProcedure = LatencyProcedure()) {
    self.supernet = supernet
    self.procedure = procedure
  }

  /// The median of several rounds after a warm-up; measured once, then remembered.
  public func latency(of architecture: Architecture, batch: Int) throws -> Latency {
    let key = Key(architecture: architecture, batch: batch)
    if let known = measured[key] { return known }
    let side = supernet.space.resolution(of: architecture)
    let images = try supernet.device.empty([batch, side, side, supernet.space.channels])
    try supernet.device.fill(images, with: 0.5)
    let plan = try supernet.inferencePlan(
      architecture, images, BatchNormStatistics(on: supernet.device))
    func passes(_ count: Int) throws -> Duration {
      try supernet.device.time { for _ in 0..<count { _ = try plan.run() } }
    }
    // The first passes warm up; the next tell how many make a round.
    _ = try passes(1)
    let once = try min(passes(1), passes(1))
    let count = max(
      1, min(1000, Int((procedure.roundLength / max(once, .nanoseconds(1))).rounded())))
    _ = try passes(count)
    let rounds = try (0..<procedure.rounds).map { _ in try passes(count) / count }.sorted()
    func quantile(_ part: Double) -> Duration {
      rounds[Int((Double(rounds.count - 1) * part).rounded())]
    }
    let latency = Latency(
      batch: batch, median: quantile(0.5), p10: quantile(0.1), p90: quantile(0.9))
    measured[key] = latency
    return latency
  }
}
