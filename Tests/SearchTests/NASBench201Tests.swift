import Foundation
import Search
import Testing

/// Strategies on a real table, against what peers reach there with the same budget.
@Suite(.enabled(if: NASBench201.isAtHand, "shared/data/nasbench201-cifar10.csv is not here"))
struct NASBench201Tests {
  /// More for figures to quote: `SUPERNET_SEEDS=500 swift test --filter NASBench201`.
  private var seeds: Range<UInt64> {
    let count = ProcessInfo.processInfo.environment["SUPERNET_SEEDS"].flatMap(UInt64.init)
    return 0..<(count ?? 50)
  }

  private let budgets = [50, 100, 200]

  /// The mean best accuracy of a strategy after each budget, and its standard error.
  private func score(
    _ make: (UInt64) -> any SearchStrategy
  ) throws -> [(mean: Double, error: Double)] {
    let table = try NASBench201.table.get()
    let runs = seeds.map { table.bestAccuracy(of: make($0), after: budgets) }
    return budgets.indices.map { index in
      let count = Double(runs.count)
      let mean = runs.reduce(0) { $0 + $1[index] } / count
      let squares = runs.reduce(0) { $0 + ($1[index] - mean) * ($1[index] - mean) }
      return (mean, (squares / (count - 1) / count).squareRoot())
    }
  }

  @Test func tableIsWhole() throws {
    let table = try NASBench201.table.get()
    #expect(table.accuracies.count == 15_625)
    #expect(table.accuracies.allSatisfy { $0 >= 10 && $0 < 95 })
    #expect(table.accuracies.max() == 94.37)
  }

  @Test func everyStrategyReachesItsMark() throws {
    // Mean best after 50, 100 and 200 queries of peers with 500 seeds.
    let marks = [
      "random": [93.69, 93.86, 93.98], "evolution": [94.10, 94.27, 94.35],
    ]
    for entry in StrategyCatalogue.entries {
      let scores = try score(entry.make)
      print(
        "NAS-Bench-201 \(entry.name):",
        zip(budgets, scores).map { budget, score in
          String(format: "B=%d %.3f±%.3f", budget, score.mean, score.error)
        }.joined(separator: ", "))
      for (index, mark) in (marks[entry.name] ?? []).enumerated() {
        // Never under the mark by more than three standard errors; random search not over either.
        let (mean, error) = scores[index]
        #expect(mean > mark - 3 * error, "\(entry.name) after \(budgets[index])")
        if entry.name == "random" { #expect(mean < mark + 3 * error) }
      }
      if entry.name != "random" {
        #expect(scores[1].mean > 93.86, "\(entry.name) does not beat random search")
      }
    }
  }
}
