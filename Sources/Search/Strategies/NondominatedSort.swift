/// Points sorted into fronts: nothing beats the first, only the first beats the second, and so on.
///
/// Source: Deb, Pratap, Agarwal and Meyarivan 2002, "A fast and elitist multiobjective genetic
/// algorithm: NSGA-II", sections III-A, III-B and VI-A (constraints).
public struct NondominatedSort: Sendable {
  /// The indices of the points of each front, ascending.
  public let fronts: [[Int]]

  /// - Parameters:
  ///   - losses: `[point][objective]`, less is better; NaN nowhere.
  ///   - excesses: of each point, by how much it passes its limits; less beats more, before losses.
  public init(losses: [[Double]], excesses: [Double]) {
    func dominates(_ one: Int, _ other: Int) -> Bool {
      guard excesses[one] == excesses[other] else { return excesses[one] < excesses[other] }
      var isBetter = false
      for objective in losses[one].indices {
        if losses[one][objective] > losses[other][objective] { return false }
        if losses[one][objective] < losses[other][objective] { isBetter = true }
      }
      return isBetter
    }
    var superiors = losses.map { _ in 0 }
    var inferiors = losses.map { _ in [Int]() }
    for one in losses.indices {
      for other in losses.indices where dominates(one, other) {
        inferiors[one].append(other)
        superiors[other] += 1
      }
    }
    var fronts: [[Int]] = []
    var front = losses.indices.filter { superiors[$0] == 0 }
    while !front.isEmpty {
      fronts.append(front)
      var next: [Int] = []
      for one in front {
        for other in inferiors[one] {
          superiors[other] -= 1
          if superiors[other] == 0 { next.append(other) }
        }
      }
      front = next.sorted()
    }
    self.fronts = fronts
  }

  /// How lonely each point of a front is: the side lengths of the box its neighbours span, each
  /// relative to the front's own, added up; infinite at the ends.
  public static func crowdingDistances(_ losses: [[Double]]) -> [Double] {
    var distances = losses.map { _ in 0.0 }
    for objective in losses.first?.indices ?? 0..<0 {
      let order = losses.indices.sorted {
        (losses[$0][objective], $0) < (losses[$1][objective], $1)
      }
      guard let first = order.first, let last = order.last else { continue }
      let span = losses[last][objective] - losses[first][objective]
      distances[first] = .infinity
      distances[last] = .infinity
      guard span > 0, order.count > 2 else { continue }
      for place in 1..<order.count - 1 {
        let box = losses[order[place + 1]][objective] - losses[order[place - 1]][objective]
        distances[order[place]] += box / span
      }
    }
    return distances
  }
}
