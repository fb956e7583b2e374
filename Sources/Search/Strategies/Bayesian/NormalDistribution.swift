#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The standard normal distribution, and values made to follow it.
enum NormalDistribution {
  static func density(_ x: Double) -> Double {
    exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
  }

  /// The chance to be at most `x`.
  static func cumulative(_ x: Double) -> Double {
    0.5 * erfc(-x * 0.5.squareRoot())
  }

  /// The number that is passed with chance `1 - chance`, by bisection.
  static func quantile(_ chance: Double) -> Double {
    var (low, high) = (-8.0, 8.0)
    for _ in 0..<48 {
      let middle = (low + high) / 2
      if cumulative(middle) < chance { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The normal quantile of each value's rank: equal values get the mean of theirs.
  ///
  /// A model of scores is not misled by a few awful values (Salinas, Shen and Perrone 2020, arXiv
  /// 1909.13595, section 4).
  static func scores(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var scores = values
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      let score = quantile(Double(start + end) / 2 / Double(order.count))
      for place in start..<end { scores[order[place]] = score }
      start = end
    }
    return scores
  }

  /// By how much a normal value is expected to fall below a bound, 0 where it does not.
  static func expectedImprovement(below bound: Double, mean: Double, deviation: Double) -> Double {
    guard deviation > 0 else { return max(bound - mean, 0) }
    let z = (bound - mean) / deviation
    return deviation * (z * cumulative(z) + density(z))
  }
}
