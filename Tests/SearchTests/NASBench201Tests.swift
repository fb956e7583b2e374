import Estimation
import Foundation
import Laws
import Search
import Studies
import Testing

/// Strategies on a real table, against what peers reach there with the same budget.
@Suite(.enabled(if: NASBench201Table.isAtHand, "shared/data/nasbench201-cifar10.csv is not here"))
struct NASBench201Tests {
  /// More for figures to quote: `SUPERNET_SEEDS=500 swift test --filter NASBench201`.
  private var seeds: Range<UInt64> {
    let count = ProcessInfo.processInfo.environment["SUPERNET_SEEDS"].flatMap(UInt64.init)
    return 0..<(count ?? 30)
  }

  private let budgets = [50, 100, 200]

  private func bundle(_ make: (UInt64) -> any SearchStrategy) throws -> CurveBundle {
    let table = try NASBench201Table.result.get()
    return CurveBundle(seeds.map { table.curve(of: make($0), budget: budgets.max() ?? 0) })
  }

  @Test func tableIsWhole() throws {
    let table = try NASBench201Table.result.get()
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
    let bundle = try bundle(StrategyCatalogue.entry(named: name).make)
    let spreads = try budgets.map { try #require(bundle.spread(afterEvaluations: Double($0))) }
    let median = bundle.medianEvaluations(reaching: 94.37, maximising: true)
    let root = Double(bundle.curves.count).squareRoot()
    print(
      "NAS-Bench-201 \(name):",
      zip(budgets, spreads).map { budget, spread in
        String(format: "B=%d %.3f±%.3f", budget, spread.mean, spread.deviation / root)
      }.joined(separator: ", "), "median to the optimum \(median.map { "\($0)" } ?? "none")")
    for (spread, mark) in zip(spreads, marks[name] ?? []) {
      // Never under the mark by more than three standard errors; random search not over either.
      let error = spread.deviation / root
      #expect(spread.mean > mark - 3 * error)
      if name == "random" { #expect(spread.mean < mark + 3 * error) }
    }
    if name != "random" {
      #expect(spreads[1].mean > 93.86, "\(name) does not beat random search")
    }
    if name == "bayesian" || name == "trees" {
      #expect(median ?? .infinity <= 120, "\(name)")
    }
  }

  /// Held-out cells of the real table, ranked after 100 examples; by chance tau is 0 +- 0.03.
  @Test(arguments: zip(RegressionCatalogue.entries.map(\.name), [0.5, 0.4, 0.5, 0.5]))
  func heldOutCellsAreRanked(_ name: String, _ mark: Double) throws {
    let entry = try #require(RegressionCatalogue.entries.first { $0.name == name })
    let table = try NASBench201Table.result.get()
    let estimator = CellEstimator(table: table)
    let predictor = PredictorEstimator(
      entry.make(7), of: estimator, in: table.space, examples: 100, seed: 7)
    var generator = SeededGenerator(seed: 8)
    var (predicted, measured) = ([Double](), [Double]())
    while predicted.count < 400 {
      let cell = table.space.random(using: &generator)
      let metrics = try predictor.metrics(of: cell, fidelity: 1, seed: 0)
      // What has no deviation is an example.
      guard metrics["top1.deviation"] != 0, let mean = metrics["top1"] else { continue }
      predicted.append(mean)
      measured.append(table.accuracy(of: Proposal(cell)))
    }
    let tau = RankCorrelation.kendallTau(predicted, measured)
    print("NAS-Bench-201, 100 examples, 400 held-out cells, \(name): tau \(tau)")
    #expect(tau > mark)
  }

  private final class CellEstimator: Estimator {
    let table: NASBench201
    let settings: [String: String] = [:]

    init(table: NASBench201) { self.table = table }

    func metrics(
      of architecture: Architecture, fidelity: Double, seed: UInt64
    ) throws -> [String: Double] {
      [Self.top1: table.accuracy(of: Proposal(architecture))]
    }
  }
}
