#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Search

/// What flows along the edges in one pass: of each edge some operations, each times a weight.
public struct EdgeMixtures: Sendable {
  /// [edge]: operations by number, and the weights they are summed with.
  public var edges: [(operations: [Int], weights: [Double])]
  /// The softmax of each edge, as this pass saw it.
  var probabilities: [[Double]]
}

/// How a choice of operations becomes something with a gradient.
///
/// A new method is a new type and a line in `RelaxationCatalogue`.
public protocol RelaxationMethod: Sendable {
  /// Whether a step of the architecture looks a step of the weights ahead.
  var isSecondOrder: Bool { get }
  /// What flows in a pass; `progress` goes from 0 to 1 over the search.
  func mixtures(
    of parameters: ArchitectureParameters, progress: Double, using generator: inout SeededGenerator
  ) -> EdgeMixtures
  /// The architecture parameters' gradient from that of the mixtures' weights.
  func gradient(
    of mixtures: EdgeMixtures, weights: [[Double]], progress: Double
  ) -> [[Double]]
}

/// Every method of relaxation by name.
public enum RelaxationCatalogue {
  public struct Entry: Sendable {
    public let name: String
    /// One line for the command line's help.
    public let summary: String
    public let method: any RelaxationMethod
    /// The weight of beta-decay that suits it.
    public let betaDecay: Double
  }

  public static let entries: [Entry] = [
    .init(
      name: "darts", summary: "all operations weighed by softmax, first order",
      method: SoftmaxRelaxation(), betaDecay: 20),
    .init(
      name: "darts-second-order", summary: "the same, looking a step of the weights ahead",
      method: SoftmaxRelaxation(isSecondOrder: true), betaDecay: 20),
    .init(
      name: "gdas", summary: "one operation sampled with Gumbel noise, straight through",
      method: GumbelRelaxation(), betaDecay: 1),
  ]

  /// The entry of that name, or a `ConfigurationError` that lists the names there are.
  public static func entry(named name: String) throws -> Entry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw ConfigurationError(
        "no relaxation is named \"\(name)\": choose one of "
          + entries.map(\.name).joined(separator: ", "))
    }
    return entry
  }
}

/// All operations at once, weighed by their softmax (DARTS; Liu, Simonyan and Yang 2019).
public struct SoftmaxRelaxation: RelaxationMethod {
  public var isSecondOrder: Bool

  public init(isSecondOrder: Bool = false) { self.isSecondOrder = isSecondOrder }

  public func mixtures(
    of parameters: ArchitectureParameters, progress: Double, using generator: inout SeededGenerator
  ) -> EdgeMixtures {
    let probabilities = parameters.probabilities
    return EdgeMixtures(
      edges: probabilities.map { (Array($0.indices), $0) }, probabilities: probabilities)
  }

  public func gradient(
    of mixtures: EdgeMixtures, weights: [[Double]], progress: Double
  ) -> [[Double]] {
    zip(mixtures.probabilities, weights).map { row, slopes in
      let mean = zip(row, slopes).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(row, slopes).map { $0 * ($1 - mean) }
    }
  }
}

/// One operation of each edge, sampled with Gumbel noise; the gradient is that of the noisy softmax
/// (GDAS; Dong and Yang 2019, "Searching for a robust neural architecture in four GPU hours").
public struct GumbelRelaxation: RelaxationMethod {
  /// The softmax's temperature falls linearly over the search.
  public var temperature: (first: Double, last: Double) = (10, 0.5)
  public let isSecondOrder = false

  public init() {}

  private func temperature(_ progress: Double) -> Double {
    temperature.first + (temperature.last - temperature.first) * progress
  }

  public func mixtures(
    of parameters: ArchitectureParameters, progress: Double, using generator: inout SeededGenerator
  ) -> EdgeMixtures {
    let noisy = parameters.values.map { row in
      ArchitectureParameters.softmax(
        row.map { value in
          // -ln(-ln u) of a uniform u is Gumbel's.
          let gumbel = -log(-log(max(generator.unit(), 1e-12)))
          return (value + gumbel) / temperature(progress)
        })
    }
    return EdgeMixtures(
      edges: noisy.map { row in
        ([row.indices.max { row[$0] < row[$1] } ?? 0], [1])
      }, probabilities: noisy)
  }

  public func gradient(
    of mixtures: EdgeMixtures, weights: [[Double]], progress: Double
  ) -> [[Double]] {
    let temperature = temperature(progress)
    return zip(zip(mixtures.edges, mixtures.probabilities), weights).map { edge, slopes in
      let ((operations, _), row) = edge
      let (taken, slope) = (operations[0], slopes[0])
      return row.indices.map {
        slope * row[taken] * ((taken == $0 ? 1 : 0) - row[$0]) / temperature
      }
    }
  }
}
