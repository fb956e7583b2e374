import Estimation
import Search
import Testing

@Suite struct PredictorTests {
  @Test func tauCountsPairs() {
    #expect(RankCorrelation.kendallTau([1, 2, 3, 4], [10, 20, 30, 40]) == 1)
    #expect(RankCorrelation.kendallTau([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
    // One pair of six is in the other order.
    #expect(abs(RankCorrelation.kendallTau([1, 2, 3, 4], [1, 3, 2, 4]) - 4 / 6) < 1e-12)
    #expect(RankCorrelation.kendallTau([1, 1], [1, 2]) == 0)
  }

  @Test func choleskySolvesAndTellsTheDeterminant() throws {
    let factor = try #require(CholeskyFactor([[4], [2, 5]]))
    let x = factor.solved([8, 9])
    #expect(abs(x[0] - 1.375) < 1e-12 && abs(x[1] - 1.25) < 1e-12)
    #expect(abs(factor.logDeterminant - 2.772_588_722_239_781) < 1e-12)
    #expect(CholeskyFactor([[1], [2, 1]]) == nil)
  }

  /// Every model finds a sum of its inputs' parts again, and the ranks of a bent one.
  @Test(arguments: RegressionCatalogue.entries.map(\.name))
  func modelsLearnASum(_ name: String) throws {
    let entry = try #require(RegressionCatalogue.entries.first { $0.name == name })
    var generator = SeededGenerator(seed: 3)
    let inputs = (0..<150).map { _ in
      (0..<8).map { _ in Double(generator.next() % 2) }
    }
    let targets = inputs.map { row in
      row.enumerated().reduce(0.0) { $0 + $1.element * Double(1 << $1.offset) }
    }
    let known = 0..<100
    for model in [entry.make(1), RankedRegression(entry.make(1))] {
      let fitted = model.fitted(to: Array(inputs[known]), Array(targets[known]))
      let predictions = inputs[100...].map { fitted.prediction(of: $0).mean }
      #expect(RankCorrelation.kendallTau(predictions, Array(targets[100...])) > 0.6)
      let again = model.fitted(to: Array(inputs[known]), Array(targets[known]))
      #expect(again.prediction(of: inputs[120]) == fitted.prediction(of: inputs[120]))
    }
  }

  /// What knows nothing of its examples has no rank correlation, above or below 0.
  @Test func noiseIsNotRanked() {
    var generator = SeededGenerator(seed: 6)
    let inputs = (0..<60).map { _ in (0..<10).map { _ in Double(generator.next() % 2) } }
    let targets = inputs.map { _ in generator.unit() }
    let tau = CrossValidation().kendallTau(of: RidgeRegression(), inputs, targets)
    #expect(abs(tau) < 0.15)
    let sums = inputs.map { $0.reduce(0, +) }
    #expect(CrossValidation().kendallTau(of: RidgeRegression(), inputs, sums) > 0.9)
  }

  /// Held-out cells of the real table, ranked after 100 examples; by chance tau is 0 +- 0.03.
  @Test(
    .enabled(if: NASBench201Table.isAtHand, "shared/data/nasbench201-cifar10.csv is not here"),
    arguments: zip(RegressionCatalogue.entries.map(\.name), [0.5, 0.4, 0.5, 0.5]))
  func heldOutCellsAreRanked(_ name: String, _ mark: Double) throws {
    let entry = try #require(RegressionCatalogue.entries.first { $0.name == name })
    let (space, table) = (try NASBench201Table.space(), try NASBench201Table.estimator())
    let predictor = PredictorEstimator(entry.make(7), of: table, in: space, examples: 100, seed: 7)
    var generator = SeededGenerator(seed: 8)
    var (predicted, measured) = ([Double](), [Double]())
    while predicted.count < 400 {
      let cell = space.random(using: &generator)
      let metrics = try predictor.metrics(of: cell, fidelity: 1, seed: 0)
      // What has no deviation is an example.
      guard metrics["top1.deviation"] != nil, let mean = metrics["top1"] else { continue }
      predicted.append(mean)
      measured.append(try table.metrics(of: cell, fidelity: 1, seed: 0)["top1"] ?? 0)
    }
    let tau = RankCorrelation.kendallTau(predicted, measured)
    print("NAS-Bench-201, 100 examples, 400 held-out cells, \(name): tau \(tau)")
    #expect(tau > mark)
  }
}
