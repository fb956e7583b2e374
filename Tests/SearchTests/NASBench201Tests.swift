import Foundation
import Search
import Testing

/// Strategies on a real table, against what peers reach there with the same budget.
@Suite(.enabled(if: NASBench201.isAtHand, "shared/data/nasbench201-cifar10.csv is not here"))
struct NASBench201Tests {
  /// More for figures to quote: `SUPERNET_SEEDS=500 swift test --filter NASBench201`.
  private var seeds: Range<UInt64> {
    let count = ProcessInfo.processInfo.environment["SUPERNET_SEEDS"].flatMap(UInt64.init)
    return 0..<(count ?? 30)
  }

  private let budgets = [50, 100, 200]

  private struct Score {
    var marks: [(mean: Double, error: Double)]
    var medianToOptimum: Double
  }

  /// The mean best accuracy of a strategy after each budget, and its standard error.
  private func score(_ make: (UInt64) -> any SearchStrategy) throws -> Score {
    let table = try NASBench201.table.get()
    let runs = seeds.map { table.search(with: make($0), budgets: budgets) }
    let count = Double(runs.count)
    let marks = budgets.indices.map { index in
      let mean = runs.reduce(0) { $0 + $1.best[index] } / count
      let squares = runs.reduce(0) { $0 + ($1.best[index] - mean) * ($1.best[index] - mean) }
      return (mean, (squares / (count - 1) / count).squareRoot())
    }
    return Score(marks: marks, medianToOptimum: runs.map(\.toOptimum).sorted()[runs.count / 2])
  }

  @Test func tableIsWhole() throws {
    let table = try NASBench201.table.get()
    #expect(table.accuracies.count == 15_625)
    #expect(table.accuracies.allSatisfy { $0 >= 10 && $0 < 95 })
    #expect(table.accuracies.max() == 94.37)
  }

  @Test(arguments: StrategyCatalogue.entries.map(\.name))
  func strategyReachesItsMark(name: String) throws {
    // Mean best after 50, 100 and 200 queries of peers with 500 seeds.
    let marks = [
      "random": [93.69, 93.86, 93.98], "evolution": [94.10, 94.27, 94.35],
      "hill-climbing": [93.59, 94.10, 94.29],
    ]
    let score = try score(StrategyCatalogue.entry(named: name).make)
    print(
      "NAS-Bench-201 \(name):",
      zip(budgets, score.marks).map { budget, score in
        String(format: "B=%d %.3f±%.3f", budget, score.mean, score.error)
      }.joined(separator: ", "), "median to the optimum \(score.medianToOptimum)")
    for (index, mark) in (marks[name] ?? []).enumerated() {
      // Never under the mark by more than three standard errors; random search not over either.
      let (mean, error) = score.marks[index]
      #expect(mean > mark - 3 * error, "\(name) after \(budgets[index])")
      if name == "random" { #expect(mean < mark + 3 * error) }
    }
    if name != "random" {
      #expect(score.marks[1].mean > 93.86, "\(name) does not beat random search")
    }
    if name == "bayesian" || name == "trees" {
      #expect(score.medianToOptimum <= 120, "\(name)")
    }
  }
}
