import Operators
import Search
@_exported import Supernets

/// How long a subnet's forward pass takes on a device.
public struct Latency: Sendable, Equatable, Codable {
  public var batch: Int
  public var medianSeconds: Double
  /// Bounds of the fastest and of the slowest tenth of the samples.
  public var p10Seconds: Double
  public var p90Seconds: Double
  /// The median's 95 % confidence interval; of fewer than six samples, the fastest and slowest.
  public var lowSeconds: Double
  public var highSeconds: Double
  public var samples: Int
  /// Whether the machine was quiet enough for it.
  public var isTrusted: Bool
  /// Of one pass, the processor's whole; nil where the device does not tell.
  public var joules: Double?

  public init(_ measurement: Measurement, batch: Int) {
    let all = measurement.samples
    self.batch = batch
    medianSeconds = all.median
    p10Seconds = all.quantile(0.1)
    p90Seconds = all.quantile(0.9)
    let interval = all.medianInterval ?? all.least...all.quantile(1)
    lowSeconds = interval.lowerBound
    highSeconds = interval.upperBound
    samples = all.seconds.count
    isTrusted = measurement.isTrusted
    joules = measurement.joules
  }
}

/// Where a device's latencies come from: the device itself, or a table of a device elsewhere.
public protocol LatencySource: AnyObject {
  /// Refuses a metric that it cannot tell of any subnet, in one line.
  func require(_ metric: CostMetric.OnDevice) throws
  /// Seconds of a pass with so many images.
  func seconds(of architecture: Architecture, batch: Int) throws -> Double
  /// Joules of a pass with so many images.
  func joules(of architecture: Architecture, batch: Int) throws -> Double
}

/// A device that subnets are timed on.
public protocol SubnetTimer: LatencySource {
  /// How long a pass with so many images takes.
  func latency(of architecture: Architecture, batch: Int) throws -> Latency
}

extension SubnetTimer {
  public func seconds(of architecture: Architecture, batch: Int) throws -> Double {
    try latency(of: architecture, batch: batch).medianSeconds
  }

  public func joules(of architecture: Architecture, batch: Int) throws -> Double {
    guard let joules = try latency(of: architecture, batch: batch).joules else {
      throw DeviceError("the device did not tell its energy")
    }
    return joules
  }
}

/// Times subnets of a supernet's parameters on the device they lie on.
public final class LatencyTimer: SubnetTimer {
  private let supernet: Supernet
  private let procedure: LatencyProcedure
  private let energy: EnergyMeter?
  private var measured: [Key: Latency] = [:]

  /// The most subnets that are timed by turns.
  private static let groupSize = 256

  private struct Key: Hashable {
    var architecture: Architecture
    var batch: Int
  }

  public init(_ supernet: Supernet, procedure: LatencyProcedure = .brief) {
    self.supernet = supernet
    self.procedure = procedure
    energy = EnergyMeter(of: supernet.device.description)
  }

  public var device: any Device { supernet.device }

  public func require(_ metric: CostMetric.OnDevice) throws {
    try EnergyMeter.require(metric, of: supernet.device.description)
  }

  /// Measured once, then remembered.
  public func latency(of architecture: Architecture, batch: Int) throws -> Latency {
    try latencies(of: [architecture], batch: batch)[0]
  }

  /// Those of several subnets, by turns as far as the device's memory holds their plans.
  ///
  /// - Parameters:
  ///   - architectures: those to time.
  ///   - batch: images of a pass.
  ///   - progress: told how many are done.
  public func latencies(
    of architectures: [Architecture], batch: Int, progress: (Int) -> Void = { _ in }
  ) throws -> [Latency] {
    var unknown: [Architecture] = []
    var seen: Set<Architecture> = []
    for architecture in architectures
    where measured[Key(architecture: architecture, batch: batch)] == nil
      && seen.insert(architecture).inserted
    { unknown.append(architecture) }
    let known = architectures.count - unknown.count
    var done = 0
    while done < unknown.count {
      let group = try Array(unknown[done...].prefix(fitting(unknown[done...], batch: batch)))
      let works = try group.map { try work($0, batch: batch) }
      let found = try procedure.measure(works, energy: energy) { progress(known + done + $0) }
      for (architecture, measurement) in zip(group, found) {
        measured[Key(architecture: architecture, batch: batch)] = Latency(
          measurement, batch: batch)
      }
      done += group.count
    }
    return architectures.compactMap { measured[Key(architecture: $0, batch: batch)] }
  }

  /// How many of the first have room beside each other, at least one.
  private func fitting(_ architectures: ArraySlice<Architecture>, batch: Int) throws -> Int {
    var bytes = supernet.device.description.memoryBytes / 8
    var count = 0
    for architecture in architectures.prefix(Self.groupSize) {
      let cost = try supernet.space.cost(of: architecture)
      // A plan keeps its tensors and a packed copy of its weights.
      bytes -= 2 * (batch * cost.peakActivationBytes + 4 * cost.parameters)
      guard bytes > 0 || count == 0 else { break }
      count += 1
    }
    return count
  }

  private func work(_ architecture: Architecture, batch: Int) throws -> TimedWork {
    let side = supernet.space.resolution(of: architecture)
    let images = try supernet.device.empty([batch, side, side, supernet.space.channels])
    try supernet.device.fill(images, with: 0.5)
    let plan = try supernet.inferencePlan(
      architecture, images, BatchNormStatistics(on: supernet.device))
    return TimedWork(plan, on: supernet.device)
  }
}
