import Search

/// How a strategy fares on a table of cells, over many seeds.
struct StrategyScore: Encodable {
  struct Summary: Encodable {
    var queries: Int
    var mean: Double
    var deviation: Double
  }

  var strategy: String
  var seeds: Int
  /// The best accuracy of full fidelity after so many queries, in percent.
  var bestAccuracies: [Summary]
  /// The median of the queries until the table's best cell; `nil` where most seeds never found it.
  var medianQueriesToBest: Double?
  /// All seeds together, evaluation by the table included.
  var seconds: Double

  static let budgets = [50, 100, 200, 300]

  init(_ entry: StrategyEntry, on table: CellTable, seeds: Int) throws {
    let start = ContinuousClock.now
    let runs = try (0..<UInt64(seeds)).map { try Run(entry.make($0), on: table) }
    seconds = (ContinuousClock.now - start).seconds
    strategy = entry.name
    self.seeds = seeds
    bestAccuracies = Self.budgets.indices.map { index in
      let values = runs.map { $0.best[index] }
      let mean = values.reduce(0, +) / Double(seeds)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return Summary(
        queries: Self.budgets[index], mean: mean,
        deviation: (squares / Double(max(seeds - 1, 1))).squareRoot())
    }
    let median = runs.map(\.queriesToBest).sorted()[seeds / 2]
    medianQueriesToBest = median.isFinite ? median : nil
  }

  /// One search; a query of low fidelity counts as that part of one.
  private struct Run {
    var best = StrategyScore.budgets.map { _ in 0.0 }
    var queriesToBest = Double.infinity

    init(_ strategy: any SearchStrategy, on table: CellTable) throws {
      let goal = SearchGoal(Objective(.maximise, TabularMetric.accuracy))
      var study = Study(table.space)
      var (queries, top) = (0.0, 0.0)
      // Thirds and ninths do not add up exactly.
      let slack = 1e-6
      while queries + slack < Double(StrategyScore.budgets.last ?? 0), top < table.best {
        let request = SearchRequest(1, after: study, goal: goal)
        guard let proposal = strategy.proposals(for: request).first else { break }
        let accuracy = try table.accuracy(of: proposal)
        study.complete(
          study.append(proposal, source: "benchmark"),
          metrics: [TabularMetric.accuracy: accuracy])
        queries += proposal.fidelity
        if proposal.fidelity == 1 { top = max(top, accuracy) }
        for (index, budget) in StrategyScore.budgets.enumerated()
        where queries <= Double(budget) + slack {
          best[index] = top
        }
      }
      // Nothing is better than the best: the rest of the budget need not be spent.
      if top == table.best { queriesToBest = queries }
    }
  }
}

enum TabularMetric {
  static let accuracy = "accuracy"
}
