import Search
import Supernets

/// The same subnets on several devices: how alike the devices rank them, what each likes, and what is
/// best on each.
public struct DeviceComparison: Sendable, Codable {
  /// A device of this machine, or one that a latency table tells of.
  public struct Device: Sendable, Codable, Equatable {
    /// As limits and objectives name it.
    public var name: String
    /// The hardware, and through what it is driven.
    public var title: String
    /// Whether its latencies are predicted from a table.
    public var isPredicted: Bool

    public init(name: String, title: String, isPredicted: Bool) {
      self.name = name
      self.title = title
      self.isPredicted = isPredicted
    }
  }

  public struct Subnet: Sendable, Codable, Equatable {
    public var architecture: String
    public var multiplyAdds: Int
    /// On validation images, where a run was given.
    public var top1: Double?
    /// On each device, in their order.
    public var seconds: [Double]

    public init(architecture: String, multiplyAdds: Int, top1: Double?, seconds: [Double]) {
      self.architecture = architecture
      self.multiplyAdds = multiplyAdds
      self.top1 = top1
      self.seconds = seconds
    }

    /// What makes one subnet better than another: its accuracy, or else its size.
    var worth: Double { top1 ?? Double(multiplyAdds) }
  }

  public struct Correlation: Sendable, Codable, Equatable {
    public var one: String
    public var other: String
    public var kendallTau: Double
    public var spearman: Double
  }

  public let batch: Int
  public let devices: [Device]
  public let subnets: [Subnet]
  public let correlations: [Correlation]
  public let effects: [OptionEffect]
  public let best: [DeviceBest]

  /// - Parameters:
  ///   - architectures: those of `subnets`, in their order.
  ///   - space: of the architectures.
  ///   - batch: images of a pass.
  ///   - devices: in the order of each subnet's latencies.
  ///   - subnets: what was timed.
  public init(
    of architectures: [Architecture], in space: any NetworkSpace, batch: Int, devices: [Device],
    subnets: [Subnet]
  ) {
    self.batch = batch
    self.devices = devices
    self.subnets = subnets
    correlations = devices.indices.flatMap { other in
      (0..<other).map { one in
        let (a, b) = (subnets.map { $0.seconds[one] }, subnets.map { $0.seconds[other] })
        return Correlation(
          one: devices[one].name, other: devices[other].name,
          kendallTau: RankCorrelation.kendallTau(a, b), spearman: RankCorrelation.spearman(a, b))
      }
    }
    effects = OptionEffect.all(
      in: space.searchSpace, architectures,
      seconds: devices.indices.map { device in subnets.map { $0.seconds[device] } })
    best = DeviceBest.all(devices.map(\.name), subnets)
  }

  /// Whether all of it is of the same devices, as far as a reader of files needs to know.
  public var isWhole: Bool {
    devices.count <= Self.mostDevices
      && (subnets + best.map(\.subnet)).allSatisfy { subnet in
        subnet.seconds.count == devices.count
          && subnet.seconds.allSatisfy { $0 > 0 && $0.isFinite }
      }
      && effects.allSatisfy {
        $0.change.count == devices.count && $0.againstAverage.count == devices.count
      }
  }

  /// Every pair of them has a figure.
  private static let mostDevices = 64
}
