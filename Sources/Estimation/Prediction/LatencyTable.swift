import Operators
import Search
import Supernets
import TensorFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a device takes for each layer of a space, and for some whole subnets: a file that is measured
/// on one machine and used on any.
public struct LatencyTable: Sendable, Codable {
  /// What the times hold for: with any of it different they are another table's.
  public struct Origin: Sendable, Codable {
    public var device: DeviceDescription
    /// Of Supernet, and a checksum of its kernels.
    public var version: String
    public var kernels: String
    /// What `supernet tune` had found; empty where nothing.
    public var tuning: String
    /// The space, as its file.
    public var space: String
    public var batch: Int

    public init(
      device: DeviceDescription, version: String, kernels: String, tuning: String, space: String,
      batch: Int
    ) {
      self.device = device
      self.version = version
      self.kernels = kernels
      self.tuning = tuning
      self.space = space
      self.batch = batch
    }

    /// What is another in the other origin, in words; nil where nothing is.
    func difference(to other: Origin) -> String? {
      if device.name != other.device.name || device.computeUnits != other.device.computeUnits {
        return "device (\(device.name))"
      }
      if device.driver != other.device.driver { return "driver (\(device.driver))" }
      if version != other.version || kernels != other.kernels { return "build of Supernet" }
      if tuning != other.tuning { return "tuning" }
      if space != other.space { return "space" }
      return batch == other.batch ? nil : "batch (\(batch))"
    }
  }

  public struct LayerTime: Sendable, Codable, Equatable {
    public var configuration: String
    /// `Linear`, `NormalizedConvolution`.
    public var kind: String
    public var multiplyAdds: Int
    public var bytes: Int
    public var seconds: Double

    public init(_ layer: Layer, seconds: Double) {
      configuration = layer.configuration
      kind = layer.kind
      multiplyAdds = layer.multiplyAdds
      bytes = layer.bytes
      self.seconds = seconds
    }
  }

  /// A whole subnet that was measured.
  public struct Subnet: Sendable, Codable, Equatable {
    public var architecture: String
    public var seconds: Double
    /// What the predictor said that had never seen it.
    public var predictedSeconds: Double?

    public init(architecture: String, seconds: Double, predictedSeconds: Double? = nil) {
      self.architecture = architecture
      self.seconds = seconds
      self.predictedSeconds = predictedSeconds
    }
  }

  private static let currentFormat = 1
  private static let mostBytes = 1 << 28
  // What a table may say: all else is of no device.
  private static let batches = 1...65_536
  private static let times = 1e-12...1e9
  private static let sizes = 0...(1 << 60)

  public private(set) var format = LatencyTable.currentFormat
  public var origin: Origin
  /// The day it was measured, `2026-11-25`.
  public var date: String
  /// Of measuring, so far.
  public var spentSeconds = 0.0
  /// Layers that the space has; of those beyond `layers` there was no time to measure.
  public var layerCount = 0
  public var layers: [LayerTime] = []
  /// Subnets that the predictor is fitted to.
  public var examples: [Subnet] = []
  /// Subnets that it never saw, and how well it foretold them.
  public var heldOut: [Subnet] = []
  public var accuracy: PredictionAccuracy?

  public init(of origin: Origin, date: String) {
    self.origin = origin
    self.date = date
  }

  /// Reads a table; a `ConfigurationError` says what is wrong with it.
  public init(readingFrom path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let bytes = try FileReader.bytes(of: path, limit: Self.mostBytes)
    do {
      self = try decoder.decode(Self.self, from: .init(bytes))
    } catch {
      throw ConfigurationError(
        "\(path): not a latency table; `supernet time SPACE --table FILE` makes one")
    }
    guard format == Self.currentFormat else {
      throw ConfigurationError("\(path): a table of format \(format), not \(Self.currentFormat)")
    }
    guard Self.batches.contains(origin.batch) else {
      throw ConfigurationError("\(path): of batches of \(origin.batch), which cannot be")
    }
    let subnets = examples + heldOut
    let times =
      layers.map(\.seconds) + subnets.map(\.seconds) + subnets.compactMap(\.predictedSeconds)
    guard times.allSatisfy(Self.times.contains) else {
      throw ConfigurationError("\(path): holds times that cannot be")
    }
    guard
      layers.allSatisfy({ Self.sizes.contains($0.multiplyAdds) && Self.sizes.contains($0.bytes) })
    else { throw ConfigurationError("\(path): holds layers that cannot be") }
  }

  /// Refuses to go on with a table of something else.
  public func require(_ other: Origin, path: String) throws {
    guard let difference = origin.difference(to: other) else { return }
    throw ConfigurationError(
      "\(path): a table of another \(difference); give another file, or remove this one")
  }

  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try AtomicFile.write(String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: path)
  }

  /// The space it was measured for.
  public func space(path: String) throws -> any NetworkSpace {
    try SpaceCatalogue.space(reading: ConfigurationNode(parsing: origin.space, file: path))
  }
}

/// How far predictions are from what was then measured.
public struct PredictionAccuracy: Sendable, Codable, Equatable {
  public var subnets: Int
  /// Parts of them that are predicted within 5 % and within 10 % of the measured.
  public var within5Percent: Double
  public var within10Percent: Double
  /// The relative error that nine of ten do not pass.
  public var p90Error: Double
  public var kendallTau: Double

  /// Of at least one pair.
  public init(predicted: [Double], measured: [Double]) {
    let errors = zip(predicted, measured).map { abs($0 - $1) / $1 }
    let count = Double(max(errors.count, 1))
    subnets = errors.count
    within5Percent = Double(errors.count { $0 <= 0.05 }) / count
    within10Percent = Double(errors.count { $0 <= 0.1 }) / count
    p90Error = Samples(seconds: errors).quantile(0.9)
    kendallTau = RankCorrelation.kendallTau(predicted, measured)
  }
}
