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
  ///   - seat: of ranks' threads the one that searches; each one's strategy draws its own.
  ///   - isEnding: asked before each evaluation.
  func run(
    _ search: SubnetSearch, in seat: RankSeat? = nil, isEnding: () -> Bool = { false }
  ) throws -> StudySearch.Ending {
    try search.run(
      strategy.make(seed &+ UInt64(seat?.number ?? 0)), named: strategy.name, under: budgets,
      total: total, clock: seat?.clock ?? EvaluationClock(),
      isInterrupted: { Interruption.happened || isEnding() }
    ) { progress.update($0.trials.count) }
  }
}
