/// The best trials of full fidelity so far, best first, the older of equals first.
struct Elite: HistorySummary {
  typealias Member = (architecture: Architecture, rank: SearchGoal.Rank)

  let goal: SearchGoal
  let capacity: Int
  private(set) var members: [Member] = []

  init(_ capacity: Int, by goal: SearchGoal) {
    self.capacity = capacity
    self.goal = goal
  }

  mutating func take(_ trial: Trial) {
    guard let rank = goal.rank(trial) else { return }
    if let worst = members.last, members.count == capacity, worst.rank <= rank { return }
    members.insert((trial.architecture, rank), at: members.partitionPoint { rank < $0.rank })
    if members.count > capacity { members.removeLast() }
  }

  /// The members that are feasible, or all of them while none is.
  var parents: [Architecture] {
    let isFeasible = members.first?.rank.isFeasible ?? false
    return members.prefix { !isFeasible || $0.rank.isFeasible }.map(\.architecture)
  }

  /// The better of two members, drawn at random.
  func tournamentWinner(using generator: inout SeededGenerator) -> Architecture {
    let one = generator.integer(below: members.count)
    let other = generator.integer(below: members.count)
    // They are sorted: the earlier is the better, or as good.
    return members[min(one, other)].architecture
  }
}
