import Operators
import TensorFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The energy that a processor has used, where Linux tells it: the packages' RAPL counters.
///
/// It is that of whole packages, other programs' included. Reading it may need root's rights.
public struct EnergyMeter: Sendable {
  private struct Zone {
    var path: String
    /// Where the counter begins anew, in microjoules.
    var range: Double
  }

  private let zones: [Zone]

  /// Microjoules of each package.
  public typealias Reading = [Double]

  /// The meter of a device; nil where nobody tells its energy: of graphics cards, OpenCL does not.
  public init?(of device: DeviceDescription) {
    guard device.kind == .cpu else { return nil }
    self.init(folder: "/sys/class/powercap")
  }

  /// Refuses an energy that nobody tells.
  public static func require(
    _ metric: CostMetric.OnDevice, of device: DeviceDescription
  ) throws {
    guard metric.quantity == .energy, EnergyMeter(of: device) == nil else { return }
    throw ConfigurationError(
      "energy.\(metric.device): the device does not tell its energy (of processors Linux does, under "
        + "/sys/class/powercap, to those who may read it)")
  }

  /// - Parameter folder: that of Linux's power capping framework.
  public init?(folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // `intel-rapl:0` is a package, `intel-rapl:0:0` a part of it.
    zones = names.filter { $0.contains("rapl:") && $0.count { $0 == ":" } == 1 }.sorted()
      .compactMap { name in
        let path = "\(folder)/\(name)"
        guard Self.number(in: path + "/energy_uj") != nil else { return nil }
        return Zone(
          path: path, range: Self.number(in: path + "/max_energy_range_uj") ?? .infinity)
      }
    guard !zones.isEmpty else { return nil }
  }

  public func joules() -> Reading? {
    let numbers = zones.compactMap { Self.number(in: $0.path + "/energy_uj") }
    return numbers.count == zones.count ? numbers : nil
  }

  /// Joules since an earlier reading.
  public func joules(since before: Reading) -> Double? {
    guard let now = joules() else { return nil }
    return zones.indices.reduce(0) { sum, zone in
      let difference = now[zone] - before[zone]
      return sum + (difference < 0 ? difference + zones[zone].range : difference) * 1e-6
    }
  }

  private static func number(in path: String) -> Double? {
    guard let text = try? FileReader.text(of: path, limit: 64) else { return nil }
    return Double(text.prefix { !$0.isNewline })
  }
}
