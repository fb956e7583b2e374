/// Every strategy by name: a new one is its file and a line here.
public enum StrategyCatalogue {
  public static let entries: [StrategyEntry] = [
    .init("random", "draws every candidate at random") { RandomSearch(seed: $0) },
    .init("hill-climbing", "moves to the best of all neighbours, restarts at a summit") {
      HillClimbing(seed: $0)
    },
    .init("annealing", "walks over neighbours, downhill too while hot (simulated annealing)") {
      SimulatedAnnealing(seed: $0)
    },
    .init("evolution", "mutates winners among the last trials (regularized evolution)") {
      RegularizedEvolution(seed: $0)
    },
    .init("genetic", "crosses and mutates winners among the best trials (genetic algorithm)") {
      GeneticAlgorithm(seed: $0)
    },
    .init("nsga2", "evolves a whole Pareto front of several objectives (NSGA-II)") {
      NSGA2(seed: $0)
    },
    .init("reinforce", "a controller learns which options are rewarded (REINFORCE)") {
      PolicyGradient(seed: $0)
    },
    .init("ppo", "the same controller, batch by batch (proximal policy optimisation)") {
      PolicyGradient(seed: $0, update: .proximal(batch: 8, passes: 4, clip: 0.2))
    },
    .init("mcts", "a tree of choices, descended by upper confidence bounds (UCT)") {
      MonteCarloTreeSearch(seed: $0)
    },
    .init("bayesian", "improvement expected by a Gaussian process (Bayesian optimisation)") {
      BayesianOptimization(seed: $0)
    },
    .init("trees", "improvement expected by an ensemble of regression trees (SMAC)") {
      BayesianOptimization(seed: $0, model: .trees)
    },
    .init("successive-halving", "many with little effort, the best of them with more") {
      Hyperband(seed: $0, brackets: .first)
    },
    .init("hyperband", "successive halving from several fidelities on") { Hyperband(seed: $0) },
    .init("bohb", "hyperband whose newcomers come from densities of good trials (BOHB)") {
      Hyperband(seed: $0, newcomers: .parzen)
    },
    .init("coarse-to-fine", "a coarse grid, then mutation around the best (BigNAS)") {
      CoarseToFine(seed: $0)
    },
  ]

  /// The entry of that name, or a `SearchError` that lists the names there are.
  public static func entry(named name: String) throws -> StrategyEntry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw SearchError(
        "no strategy is named \"\(name)\": choose one of "
          + entries.map(\.name).joined(separator: ", "))
    }
    return entry
  }
}

/// One line of the catalogue: what a strategy is called, what it does, how it is made.
public struct StrategyEntry: Sendable {
  public let name: String
  /// One line for the command line's help.
  public let summary: String
  /// Makes the strategy with its default parameters from a seed.
  public let make: @Sendable (UInt64) -> any SearchStrategy

  public init(
    _ name: String, _ summary: String,
    make: @escaping @Sendable (_ seed: UInt64) -> any SearchStrategy
  ) {
    self.name = name
    self.summary = summary
    self.make = make
  }
}
