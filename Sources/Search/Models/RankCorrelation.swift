/// How alike two rankings of the same things are.
public enum RankCorrelation {
  /// Kendall's tau-b (Kendall 1945): 1 for the same order, -1 for the opposite one, 0 for none.
  ///
  /// Pairs that are tied on one side count for neither; 0 where one side is all ties.
  public static func kendallTau(_ one: [Double], _ other: [Double]) -> Double {
    precondition(one.count == other.count, "\(one.count) and \(other.count) ranks")
    var (agreeing, oneOrdered, otherOrdered) = (0, 0, 0)
    for i in one.indices {
      for j in 0..<i {
        let a = one[i] == one[j] ? 0 : one[i] > one[j] ? 1 : -1
        let b = other[i] == other[j] ? 0 : other[i] > other[j] ? 1 : -1
        agreeing += a * b
        oneOrdered += a * a
        otherOrdered += b * b
      }
    }
    guard oneOrdered > 0, otherOrdered > 0 else { return 0 }
    return Double(agreeing) / (Double(oneOrdered) * Double(otherOrdered)).squareRoot()
  }

  /// Spearman's rho (Spearman 1904): the correlation of ranks, those of equals being their mean.
  ///
  /// 0 where one side is all ties.
  public static func spearman(_ one: [Double], _ other: [Double]) -> Double {
    precondition(one.count == other.count, "\(one.count) and \(other.count) ranks")
    let (a, b) = (ranks(one), ranks(other))
    let middle = Double(one.count + 1) / 2
    func covariance(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { $0 + ($1.0 - middle) * ($1.1 - middle) }
    }
    let spread = (covariance(a, a) * covariance(b, b)).squareRoot()
    return spread > 0 ? covariance(a, b) / spread : 0
  }

  /// From 1 for the least.
  private static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      let equal = order[start...].prefix { values[$0] == values[order[start]] }
      for index in equal { ranks[index] = Double(start + 1 + start + equal.count) / 2 }
      start += equal.count
    }
    return ranks
  }
}
