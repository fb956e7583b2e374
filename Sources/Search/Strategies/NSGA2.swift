/// Evolves a population towards the whole Pareto front of the goal's objectives.
///
/// Source: Deb, Pratap, Agarwal and Meyarivan 2002, "A fast and elitist multiobjective genetic
/// algorithm: NSGA-II". With one objective it is a genetic algorithm with elitism.
public struct NSGA2: SearchStrategy {
  public let seed: UInt64
  /// How many parents there are, and how many children make a generation.
  public let populationSize: Int
  /// The chance of a child to have two parents.
  public let crossoverProbability: Double
  private let memo = HistoryMemo<Population>()

  public init(seed: UInt64, populationSize: Int = 20, crossoverProbability: Double = 0.9) {
    precondition(populationSize > 0, "a population of \(populationSize)")
    self.seed = seed
    self.populationSize = populationSize
    self.crossoverProbability = crossoverProbability
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let start = { Population(populationSize, by: request.goal) }
    memo.withSummary(of: request, from: start) { population in
      guard !population.members.isEmpty else { return batch.fillWithRandom() }
      while batch.add({ child(of: population, in: request.space, using: &$0) }) {}
    }
    return batch.proposals
  }

  private func child(
    of population: Population, in space: SearchSpace, using generator: inout SeededGenerator
  ) -> Architecture {
    var child = population.tournamentWinner(using: &generator)
    if generator.unit() < crossoverProbability {
      let other = population.tournamentWinner(using: &generator)
      child = space.crossover(child, other, using: &generator)
    }
    return space.mutated(child, using: &generator)
  }

  /// The survivors of the last generation, and the children that have come since.
  struct Population: HistorySummary {
    struct Member: Sendable {
      let architecture: Architecture
      let losses: [Double]
      let excess: Double
    }

    private let size: Int
    private let goal: SearchGoal
    private var children: [Member] = []
    /// Best first: by front, then the lonelier.
    private(set) var members: [Member] = []

    init(_ size: Int, by goal: SearchGoal) {
      self.size = size
      self.goal = goal
    }

    mutating func take(_ trial: Trial) {
      guard trial.fidelity == 1 else { return }
      let losses = goal.objectives.compactMap { $0.loss(of: trial) }
      guard losses.count == goal.objectives.count else { return }
      children.append(
        Member(
          architecture: trial.architecture, losses: losses, excess: goal.excess(of: trial)))
      if children.count == size { select() }
    }

    private mutating func select() {
      let all = members + children
      children.removeAll(keepingCapacity: true)
      members.removeAll(keepingCapacity: true)
      let sort = NondominatedSort(losses: all.map(\.losses), excesses: all.map(\.excess))
      for front in sort.fronts where members.count < size {
        let distances = NondominatedSort.crowdingDistances(front.map { all[$0].losses })
        let order = front.indices.sorted { (-distances[$0], $0) < (-distances[$1], $1) }
        members += order.prefix(size - members.count).map { all[front[$0]] }
      }
    }

    func tournamentWinner(using generator: inout SeededGenerator) -> Architecture {
      let one = generator.integer(below: members.count)
      let other = generator.integer(below: members.count)
      return members[min(one, other)].architecture
    }
  }
}
