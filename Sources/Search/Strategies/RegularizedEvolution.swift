/// Mutates the winner of a tournament among the youngest trials: old ones die, however good.
///
/// Source: Real, Aggarwal, Huang and Le 2019, "Regularized evolution for image classifier
/// architecture search" (arXiv 1802.01548), algorithm 1.
public struct RegularizedEvolution: SearchStrategy {
  public let seed: UInt64
  /// How many of the last complete trials are alive; until there are as many it draws at random.
  public let populationSize: Int
  /// How many of the population, drawn with replacement, compete to be the parent.
  public let tournamentSize: Int
  /// The chance of each dimension to change; 0 changes exactly one, as in the paper.
  public let mutationProbability: Double

  public init(
    seed: UInt64, populationSize: Int = 10, tournamentSize: Int = 10,
    mutationProbability: Double = 0
  ) {
    precondition(
      populationSize > 0 && tournamentSize > 0,
      "population \(populationSize) and tournament \(tournamentSize) must be positive")
    self.seed = seed
    self.populationSize = populationSize
    self.tournamentSize = tournamentSize
    self.mutationProbability = mutationProbability
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let population = population(of: request)
    guard population.count == populationSize else {
      batch.fillWithRandom()
      return batch.proposals
    }
    while !batch.isFull {
      let isFound = batch.addMutant(probability: mutationProbability) { generator in
        winner(among: population, using: &generator).architecture
      }
      guard isFound else { break }
    }
    return batch.proposals
  }

  private typealias Member = (architecture: Architecture, rank: SearchGoal.Rank)

  /// The last complete trials that can be compared, youngest first.
  private func population(of request: SearchRequest) -> [Member] {
    var members: [Member] = []
    for trial in request.history.trials.reversed() {
      guard members.count < populationSize else { break }
      guard let rank = request.goal.rank(trial) else { continue }
      members.append((trial.architecture, rank))
    }
    return members
  }

  private func winner(
    among population: [Member], using generator: inout SeededGenerator
  ) -> Member {
    var winner = population[generator.integer(below: population.count)]
    for _ in 1..<tournamentSize {
      let rival = population[generator.integer(below: population.count)]
      if rival.rank < winner.rank { winner = rival }
    }
    return winner
  }
}
