/// Crosses and mutates winners among the best trials so far: one child replaces the worst.
///
/// Source: Holland 1975; steady-state replacement of the worst as in Whitley 1989, "The GENITOR
/// algorithm"; uniform crossover after Syswerda 1989.
public struct GeneticAlgorithm: SearchStrategy {
  public let seed: UInt64
  /// How many of the best are parents; until there are as many trials it draws at random.
  public let populationSize: Int
  /// The chance of a child to have two parents.
  public let crossoverProbability: Double
  private let memo = HistoryMemo<Elite>()

  public init(seed: UInt64, populationSize: Int = 20, crossoverProbability: Double = 0.5) {
    precondition(populationSize > 0, "a population of \(populationSize)")
    self.seed = seed
    self.populationSize = populationSize
    self.crossoverProbability = crossoverProbability
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let start = { Elite(populationSize, by: request.goal) }
    memo.withSummary(of: request, from: start) { population in
      guard population.members.count == populationSize else { return batch.fillWithRandom() }
      while batch.add({ child(of: population, in: request.space, using: &$0) }) {}
    }
    return batch.proposals
  }

  private func child(
    of population: Elite, in space: SearchSpace, using generator: inout SeededGenerator
  ) -> Architecture {
    let parent = population.tournamentWinner(using: &generator)
    guard generator.unit() < crossoverProbability else {
      return space.mutated(parent, using: &generator)
    }
    let other = population.tournamentWinner(using: &generator)
    let child = space.crossover(parent, other, using: &generator)
    return space.mutated(child, using: &generator)
  }
}
