/// Looks at all neighbours of where it stands, moves to the best, and starts anew at a summit.
///
/// Source: steepest ascent with random restarts; for architectures White, Nolen and Savani 2020,
/// "Exploring the loss landscape in neural architecture search" (arXiv 2005.02960).
public struct HillClimbing: SearchStrategy {
  public let seed: UInt64
  private let memo = HistoryMemo<Climbs>()

  public init(seed: UInt64) {
    self.seed = seed
  }

  /// Gives fewer than asked rather than start another climb while one can go on.
  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let start = { Climbs(in: request.space, by: request.goal, seed: seed) }
    memo.withSummary(of: request, from: start) { climbs in
      for climb in climbs.open {
        for neighbour in climb.unknown where !batch.isFull { batch.offer(neighbour) }
        guard batch.proposals.isEmpty else { break }
        // What is left is refused: the best of the others is the way on.
        guard let onward = climb.onward else { continue }
        for neighbour in request.space.neighbours(onward.architecture) where !batch.isFull {
          batch.offer(neighbour)
        }
      }
    }
    if batch.proposals.isEmpty { batch.addRandom() }
    return batch.proposals
  }
}

/// One climb: where it stands, and what it knows of its neighbours.
struct Climb: Sendable {
  let rank: SearchGoal.Rank
  /// The neighbours that were not tried yet, in random order.
  fileprivate(set) var unknown: [Architecture]
  fileprivate var best: Elite.Member?

  /// The best neighbour, if it is better than where the climb stands.
  var onward: Elite.Member? {
    guard let best, best.rank < rank else { return nil }
    return best
  }

  /// Notes that a neighbour was tried; a pending or failed one has no rank and is no way on.
  fileprivate mutating func note(_ neighbour: Architecture, _ rank: SearchGoal.Rank?) {
    guard let rank else { return }
    if let best, best.rank <= rank { return }
    best = (neighbour, rank)
  }
}

/// The climbs under way, as the trials tell: whatever belongs to none of them starts another.
struct Climbs: HistorySummary {
  private let space: SearchSpace
  private let goal: SearchGoal
  private let seed: UInt64
  private var known: [Architecture: SearchGoal.Rank?] = [:]
  /// Oldest first: usually one, more where neighbours are pending or refused.
  private(set) var open: [Climb] = []

  private static let openLimit = 8

  init(in space: SearchSpace, by goal: SearchGoal, seed: UInt64) {
    self.space = space
    self.goal = goal
    self.seed = seed
  }

  mutating func take(_ trial: Trial) {
    guard trial.fidelity == 1 else { return }
    let (architecture, rank) = (trial.architecture, goal.rank(trial))
    known[architecture] = .some(rank)
    var belongs = false
    for index in open.indices.reversed() {
      guard let place = open[index].unknown.firstIndex(of: architecture) else { continue }
      belongs = true
      open[index].unknown.remove(at: place)
      open[index].note(architecture, rank)
      settle(index)
    }
    if belongs { return }
    if let index = open.firstIndex(where: { climb in
      climb.onward.map { space.distance($0.architecture, architecture) == 1 } ?? false
    }) {
      // The climb has gone on past neighbours that were refused.
      move(index)
    } else if let rank {
      if open.count == Self.openLimit { open.removeFirst() }
      open.append(climb(from: (architecture, rank)))
      settle(open.count - 1)
    }
  }

  private func climb(from start: Elite.Member) -> Climb {
    var climb = Climb(rank: start.rank, unknown: [])
    for neighbour in space.neighbours(start.architecture) {
      if let rank = known[neighbour] {
        climb.note(neighbour, rank)
      } else {
        climb.unknown.append(neighbour)
      }
    }
    var generator = SeededGenerator(seed: seed, stream: known.count)
    climb.unknown.shuffle(using: &generator)
    return climb
  }

  /// Moves a climb on while all of its neighbours are known, and ends it at a summit.
  private mutating func settle(_ index: Int) {
    if open[index].unknown.isEmpty { move(index) }
  }

  private mutating func move(_ index: Int) {
    guard let onward = open[index].onward else {
      open.remove(at: index)
      return
    }
    open[index] = climb(from: onward)
    settle(index)
  }
}
