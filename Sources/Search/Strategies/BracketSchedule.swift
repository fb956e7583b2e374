#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The brackets under way, as the trials tell: who is on which rung, who is to be promoted.
struct BracketSchedule: HistorySummary {
  private let goal: SearchGoal
  private let reduction: Int
  /// The brackets of one round: how many promotions each has, most first.
  private let round: [Int]
  private var begun = 0
  private var open: [Bracket] = []
  /// The outcome of every settled trial, so that nothing is evaluated twice.
  private var known: [Proposal: SearchGoal.Rank?] = [:]

  init(_ strategy: Hyperband, by goal: SearchGoal) {
    self.goal = goal
    reduction = strategy.reduction
    let most = strategy.promotions
    round = strategy.brackets == .all ? (0...most).reversed() : [most]
  }

  /// Who waits for promotion, oldest bracket first.
  var promoted: [Proposal] { open.flatMap(\.waiting) }

  /// The room for newcomers: of the brackets under way, then of each of a round to come.
  var openings: [(fidelity: Double, count: Int)] {
    let coming = round.indices.map { bracket(begun + $0) }
    return (open + coming).filter { $0.room > 0 }.map { ($0.fidelities[0], $0.room) }
  }

  private func bracket(_ number: Int) -> Bracket {
    let promotions = round[number % round.count]
    let fidelities = (0...promotions).map { rung in
      1 / pow(Double(reduction), Double(promotions - rung))
    }
    // All brackets of a round cost about as much (Hyperband, algorithm 1, line 4).
    let start = pow(Double(reduction), Double(promotions)) * Double(round[0] + 1)
    let size = Int((start / Double(promotions + 1)).rounded(.up))
    let sizes = sequence(first: size) { max(1, $0 / reduction) }.prefix(promotions + 1)
    return Bracket(fidelities: fidelities, sizes: Array(sizes))
  }

  mutating func take(_ trial: Trial) {
    let proposal = Proposal(trial.architecture, fidelity: trial.fidelity)
    let rank = goal.rankAtItsFidelity(trial)
    let isPending = trial.state == .pending
    if !isPending { known[proposal] = .some(rank) }
    let index = place(of: proposal)
    guard let index else { return }
    open[index].enter(proposal, rank, isPending: isPending)
    while let next = open[index].nextRung {
      open[index].promote(to: next)
      for promoted in open[index].waiting {
        if let rank = known[promoted] { open[index].enter(promoted, rank, isPending: false) }
      }
    }
    if open[index].isDone { open.remove(at: index) }
  }

  /// The bracket a trial belongs to: one that promoted it, has room for it, or starts with it.
  private mutating func place(of proposal: Proposal) -> Int? {
    if let index = open.firstIndex(where: { $0.waiting.contains(proposal) }) { return index }
    if let index = open.firstIndex(where: {
      $0.room > 0 && $0.fidelities[0] == proposal.fidelity
    }) {
      return index
    }
    guard
      let skipped = round.indices.first(where: {
        bracket(begun + $0).fidelities[0] == proposal.fidelity
      })
    else { return nil }
    begun += skipped
    open.append(bracket(begun))
    begun += 1
    return open.count - 1
  }
}

/// One bracket of successive halving.
struct Bracket: Sendable {
  /// The fidelity and the number of members of each rung.
  let fidelities: [Double]
  let sizes: [Int]
  /// Promoted to the highest rung there is, not yet proposed.
  private(set) var waiting: [Proposal] = []
  private var rung = 0
  private var memberCount = 0
  private var finished: [(architecture: Architecture, rank: SearchGoal.Rank)] = []
  private var failedCount = 0

  init(fidelities: [Double], sizes: [Int]) {
    self.fidelities = fidelities
    self.sizes = sizes
  }

  /// How many newcomers the lowest rung still takes.
  var room: Int { rung == 0 ? sizes[0] - memberCount : 0 }

  private var isRungDone: Bool {
    waiting.isEmpty && room == 0 && finished.count + failedCount == memberCount
  }

  var isDone: Bool { isRungDone && (rung == sizes.count - 1 || finished.isEmpty) }

  /// The rung to promote to, once all members of the present one are settled.
  var nextRung: Int? { isRungDone && !isDone ? rung + 1 : nil }

  mutating func enter(_ proposal: Proposal, _ rank: SearchGoal.Rank?, isPending: Bool) {
    waiting.removeAll { $0 == proposal }
    memberCount += 1
    if let rank {
      finished.append((proposal.architecture, rank))
    } else if !isPending {
      failedCount += 1
    }
  }

  mutating func promote(to next: Int) {
    let order = finished.indices.sorted {
      finished[$0].rank == finished[$1].rank ? $0 < $1 : finished[$0].rank < finished[$1].rank
    }
    waiting = order.prefix(sizes[next]).map {
      Proposal(finished[$0].architecture, fidelity: fidelities[next])
    }
    (rung, memberCount, finished, failedCount) = (next, 0, [], 0)
  }
}
