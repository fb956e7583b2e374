#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A shape that learning curves may have: accuracy(t) = end + rise * shape(t), shape falling to 0.
///
/// After Domhan, Springenberg and Hutter 2015, table 1: families that end in an asymptote. Their log
/// power is `mmf` with other parameters, their exp4 and Janoschek are `weibull`.
public struct CurveFamily: Sendable {
  /// Values to try of each parameter of the shape.
  let grid: [[Double]]
  let shape: @Sendable (_ t: Double, _ parameters: [Double]) -> Double

  public static let all: [CurveFamily] = [
    // pow3
    CurveFamily(grid: [steps(0.1, 4, 24)]) { t, p in pow(t, -p[0]) },
    // pow4
    CurveFamily(grid: [steps(0.1, 4, 12), steps(0.3, 20, 8)]) { t, p in
      pow((t + p[1]) / (1 + p[1]), -p[0])
    },
    // mmf
    CurveFamily(grid: [steps(0.02, 2, 10), steps(0.5, 4, 8)]) { t, p in
      1 / (1 + pow(p[0] * t, p[1]))
    },
    // weibull
    CurveFamily(grid: [steps(0.02, 2, 10), steps(0.4, 2, 8)]) { t, p in
      exp(-pow(p[0] * t, p[1]))
    },
    // ilog2
    CurveFamily(grid: []) { t, _ in 1 / log(t + 1) },
  ]

  /// `count` values from `low` to `high`, each a constant factor above the one before.
  private static func steps(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    (0..<count).map { low * pow(high / low, Double($0) / Double(count - 1)) }
  }

  /// Every combination of the grid's values.
  var combinations: [[Double]] {
    grid.reduce([[]]) { all, values in all.flatMap { head in values.map { head + [$0] } } }
  }
}
