/// The trials that no other trial beats in every objective.
///
/// A trial dominates another if it is at least as good in all objectives and better in one. Trials
/// that are pending, failed, of low fidelity, infeasible or without a finite value of some objective
/// take no part.
/// Trials of equal values are all kept, but each architecture only once per point.
public struct ParetoFront: Sendable, Equatable {
  public let objectives: [Objective]
  /// The front, best first by the first objective, then by the next, then oldest first.
  public let trials: [Trial]

  public init(
    of trials: [Trial], objectives: [Objective], under constraints: [Constraint] = []
  ) {
    precondition(!objectives.isEmpty, "a Pareto front needs an objective")
    self.objectives = objectives
    var points: [Point] = []
    for trial in trials
    where trial.fidelity == 1 && constraints.allSatisfy({ $0.excess(of: trial) == 0 }) {
      let losses = objectives.compactMap { $0.loss(of: trial) }
      guard losses.count == objectives.count else { continue }
      points.append(Point(losses: losses, trial: trial))
    }
    points.sort()
    let front = objectives.count == 2 ? Self.sweep(points) : Self.compareAll(points)
    self.trials = Self.withoutRepeats(front).map(\.trial)
  }

  private struct Point: Comparable {
    let losses: [Double]
    let trial: Trial

    static func == (left: Point, right: Point) -> Bool {
      left.losses == right.losses && left.trial.number == right.trial.number
    }

    static func < (left: Point, right: Point) -> Bool {
      guard left.losses == right.losses else {
        return left.losses.lexicographicallyPrecedes(right.losses)
      }
      return left.trial.number < right.trial.number
    }

    func dominates(_ other: Point) -> Bool {
      losses != other.losses && zip(losses, other.losses).allSatisfy { $0 <= $1 }
    }
  }

  /// Two objectives, O(n log n) with the sort: along the first, the second must improve.
  private static func sweep(_ sorted: [Point]) -> [Point] {
    var front: [Point] = []
    for point in sorted {
      guard let previous = front.last else {
        front.append(point)
        continue
      }
      if point.losses[1] < previous.losses[1] || point.losses == previous.losses {
        front.append(point)
      }
    }
    return front
  }

  /// Any number of objectives: in sorted order only a member of the front can dominate.
  private static func compareAll(_ sorted: [Point]) -> [Point] {
    var front: [Point] = []
    for point in sorted where !front.contains(where: { $0.dominates(point) }) {
      front.append(point)
    }
    return front
  }

  /// Keeps the oldest trial of each architecture at each point.
  private static func withoutRepeats(_ sorted: [Point]) -> [Point] {
    var losses: [Double] = []
    var seen: Set<Architecture> = []
    return sorted.filter { point in
      if point.losses != losses {
        losses = point.losses
        seen.removeAll(keepingCapacity: true)
      }
      return seen.insert(point.trial.architecture).inserted
    }
  }
}
