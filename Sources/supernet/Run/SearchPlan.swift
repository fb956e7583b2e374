import Export
import Search
import Terminal

/// How a run is searched, the same in every thread that takes part.
struct SearchPlan {
  let strategy: StrategyEntry
  let seed: UInt64
  let budgets: [SubnetBudget]
  let total: Int
  let progress: Progress

  /// Searches until the study is full, or Ctrl-C.
  ///
  /// - Parameters:
  ///   - search: by one process or thread.
  ///   - rank: for which it searches; each one's strategy draws its own.
  ///   - isEnding: asked before each evaluation.
  func run(
    _ search: SubnetSearch, for rank: Int = 0, isEnding: () -> Bool = { false }
  ) throws -> StudySearch.Ending {
    try search.run(
      strategy.make(seed &+ UInt64(rank)), named: strategy.name, under: budgets, total: total,
      isInterrupted: { Interruption.happened || isEnding() }
    ) { progress.update($0.trials.count) }
  }
}
