#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Search

/// How strongly each operation is wanted on each edge of a space's cells, all alike at first.
///
/// The alphas of DARTS (Liu, Simonyan and Yang 2019): few numbers, kept on the host.
public struct ArchitectureParameters: Sendable, Equatable {
  /// The edges there may be, in the order of the rows.
  public let places: [CellEdge.Place]
  /// Names, in the order of the columns.
  public let operations: [String]
  /// [edge][operation].
  public var values: [[Double]]

  public init(of space: CellSpace) {
    places = space.kinds.flatMap { kind in
      space.shape.nodeStates.flatMap { to in
        (0..<to).map { CellEdge.Place(cell: kind, from: $0, to: to) }
      }
    }
    operations = space.operations
    values = places.map { _ in space.operations.map { _ in 0 } }
  }

  /// Each edge's softmax.
  public var probabilities: [[Double]] { values.map { Self.softmax($0) } }

  static func softmax(_ row: [Double]) -> [Double] {
    let top = row.max() ?? 0
    let powers = row.map { exp($0 - top) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// Each edge's strongest operation, of equals the costliest; `none` is no choice, it only takes
  /// part in the mixture (Liu, Simonyan and Yang 2019, section 2.4).
  public var strongest: [Int] {
    values.map { row in
      let candidates = row.indices.filter { row.count == 1 || operations[$0] != "none" }
      return candidates.reduce(candidates[0]) { row[$1] >= row[$0] ? $1 : $0 }
    }
  }

  /// The mean entropy of the edges' softmaxes, as a part of the largest there is: 1 where nothing is
  /// preferred, 0 where all is decided.
  public var entropy: Double {
    let most = log(Double(operations.count))
    let sum = probabilities.reduce(0.0) { sum, row in
      sum - row.reduce(0.0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }
    }
    return most > 0 ? sum / (most * Double(places.count)) : 0
  }
}

extension CellSpace {
  /// The architecture of the strongest operations; where a node chooses its edges it takes those
  /// whose strongest operations are the strongest.
  public func architecture(of parameters: ArchitectureParameters) -> Architecture {
    var strongest: [CellEdge.Place: (operation: Int, probability: Double)] = [:]
    for (index, place) in parameters.places.enumerated() {
      let operation = parameters.strongest[index]
      strongest[place] = (operation, parameters.probabilities[index][operation])
    }
    return Architecture(
      kinds.flatMap { kind in
        shape.nodeStates.flatMap { to -> [Int] in
          func edge(_ from: Int) -> (operation: Int, probability: Double) {
            strongest[CellEdge.Place(cell: kind, from: from, to: to)] ?? (0, 0)
          }
          let options = shape.sources(of: to)
          guard shape.edges != nil else { return options[0].map { edge($0).operation } }
          let count = options[0].count
          let from = (0..<to).sorted { edge($0).probability > edge($1).probability }
            .prefix(count).sorted()
          return [options.firstIndex(of: Array(from)) ?? 0] + from.map { edge($0).operation }
        }
      })
  }
}
