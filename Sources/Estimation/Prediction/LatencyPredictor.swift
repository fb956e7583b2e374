import Operators
import Search
import Supernets

/// Foretells a subnet's latency from a table: the sum of its layers' times, corrected for what comes
/// of running them together.
///
/// The correction is linear and fitted to whole subnets that were measured: each kind of layer counts
/// for more or less than by itself (its input lies in another cache, its launch overlaps), and so do
/// launches, weights and activations.
public final class LatencyPredictor: LatencySource {
  public let table: LatencyTable
  private let space: any NetworkSpace
  private var times: [String: Double]
  private var correction: Correction?
  private var known: [Architecture: Double] = [:]

  /// - Parameters:
  ///   - table: what was measured.
  ///   - space: whose subnets are asked for; need not be the table's.
  ///   - path: of the table's file, for messages.
  public init(_ table: LatencyTable, for space: any NetworkSpace, path: String) throws {
    self.table = table
    self.space = space
    times = Dictionary(table.layers.map { ($0.configuration, $0.seconds) }) { $1 }
    guard !table.layers.isEmpty else {
      throw ConfigurationError("\(path): holds no layer; `supernet time --table` goes on with it")
    }
    guard table.examples.count >= Self.leastExamples else { return }
    let own = try table.space(path: path)
    let rows = try table.examples.map { example in
      (try sums(of: own.architecture(text: example.architecture), in: own), example.seconds)
    }
    correction = Correction(rows)
  }

  /// Fewer would tell less of the correction than of their noise.
  private static let leastExamples = 12

  public func require(_ metric: CostMetric.OnDevice) throws {
    guard metric.quantity == .latency else {
      throw ConfigurationError("energy.\(metric.device): a latency table tells no energy")
    }
    guard metric.batch == table.origin.batch else {
      throw ConfigurationError(
        "a latency of \(metric.device) at batch \(metric.batch): its table has "
          + CostMetric.latency(on: metric.device, batch: table.origin.batch))
    }
  }

  public func joules(of architecture: Architecture, batch: Int) throws -> Double {
    throw ConfigurationError("a latency table tells no energy")
  }

  public func seconds(of architecture: Architecture, batch: Int) throws -> Double {
    precondition(batch == table.origin.batch, "batch \(batch) of \(table.origin.batch)")
    if let known = known[architecture] { return known }
    let sums = try sums(of: architecture, in: space)
    let seconds = correction?.seconds(sums) ?? sums.total
    known[architecture] = seconds
    return seconds
  }

  private func sums(
    of architecture: Architecture, in space: any NetworkSpace
  ) throws -> LayerSums {
    var sums = LayerSums()
    for layer in try space.layers(of: architecture, batch: table.origin.batch) {
      sums.add(layer, seconds: time(of: layer))
    }
    return sums
  }

  /// What was measured; else that of the most similar layer, in proportion to the work.
  private func time(of layer: Layer) -> Double {
    let key = layer.configuration
    if let seconds = times[key] { return seconds }
    func work(_ multiplyAdds: Int, _ bytes: Int) -> Double { Double(multiplyAdds + bytes) + 1 }
    let wanted = work(layer.multiplyAdds, layer.bytes)
    func distance(_ other: LatencyTable.LayerTime) -> Double {
      let ratio = work(other.multiplyAdds, other.bytes) / wanted
      return (other.kind == layer.kind ? 0 : 1e9) + max(ratio, 1 / ratio)
    }
    let nearest = table.layers.min { distance($0) < distance($1) }
    let seconds =
      nearest.map { $0.seconds * wanted / work($0.multiplyAdds, $0.bytes) } ?? 0
    times[key] = seconds
    return seconds
  }
}

/// What the layers of one subnet come to.
struct LayerSums {
  /// Kinds of layer that may count differently.
  static let kinds = ["pointwise", "depthwise", "convolution", "linear", "other"]

  private(set) var seconds = [Double](repeating: 0, count: kinds.count)
  private(set) var layers = 0.0
  private(set) var weightBytes = 0.0
  private(set) var activationBytes = 0.0

  var total: Double { seconds.reduce(0, +) }

  mutating func add(_ layer: Layer, seconds time: Double) {
    seconds[Self.kind(of: layer)] += time
    layers += 1
    activationBytes += 4 * Double(layer.output.product)
    if layer.inputs.count > 1 { weightBytes += 4 * Double(layer.inputs[1].product) }
  }

  private static func kind(of layer: Layer) -> Int {
    guard layer.inputs.count > 1, layer.inputs[1].count == 4 else {
      return layer.operator is Linear ? 3 : 4
    }
    let (input, weights) = (layer.inputs[0], layer.inputs[1])
    if weights[2] < input[3] { return 1 }
    return weights[0] == 1 && weights[1] == 1 ? 0 : 2
  }

  /// Parts of the sum, so that a subnet's size says nothing.
  var features: [Double] {
    let sum = max(total, 1e-12)
    // Per microsecond, so that all are about 1.
    return seconds.map { $0 / sum } + [layers * 1e-6 / sum, 1e-6 / sum]
      + [weightBytes * 1e-10 / sum, activationBytes * 1e-10 / sum]
  }
}

/// What measured subnets take over the sum of their layers.
private struct Correction: Sendable {
  private let model: any FittedModel
  private let scales: [Standardization]

  init(_ rows: [(sums: LayerSums, seconds: Double)]) {
    let inputs = rows.map(\.sums.features)
    scales = inputs[0].indices.map { column in Standardization(inputs.map { $0[column] }) }
    let scaled = inputs.map { [scales] in zip(scales, $0).map { $0($1) } }
    model = RidgeRegression(penalties: [0.01, 0.1, 1, 10, 100]).fitted(
      to: scaled, rows.map { $0.seconds / $0.sums.total })
  }

  func seconds(_ sums: LayerSums) -> Double {
    let input = zip(scales, sums.features).map { $0($1) }
    // A ratio far from all that was seen is no better than a guess: not below a tenth.
    return sums.total * max(model.prediction(of: input).mean, 0.1)
  }
}
