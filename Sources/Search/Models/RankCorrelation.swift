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
}
