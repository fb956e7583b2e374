import Laws
import Search
import Studies

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

  init(_ entry: StrategyEntry, on table: NASBench201, seeds: Int) {
    let start = ContinuousClock.now
    let bundle = CurveBundle(
      (0..<UInt64(seeds)).map {
        table.curve(of: entry.make($0), budget: Self.budgets.max() ?? 0)
      })
    seconds = (ContinuousClock.now - start).seconds
    strategy = entry.name
    self.seeds = seeds
    bestAccuracies = Self.budgets.compactMap { count in
      bundle.spread(afterEvaluations: Double(count)).map {
        Summary(queries: count, mean: $0.mean, deviation: $0.deviation)
      }
    }
    medianQueriesToBest = bundle.medianEvaluations(reaching: table.best, maximising: true)
  }
}
