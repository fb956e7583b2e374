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

  /// A predictor learns from a table, and answers what it has learnt from with the table's value.
  @Test(arguments: RegressionCatalogue.entries.map(\.name))
  func aTableIsLearnt(_ name: String) throws {
    let entry = try #require(EstimatorCatalogue.entries.first { $0.name == name })
    let base = try TinySetting.make()
    let space = base.space.searchSpace
    var generator = SeededGenerator(seed: 9)
    let cells = Set((0..<6000).map { _ in space.random(using: &generator) }).sorted()
    // As many as it has convolutions, and a little that tells all apart.
    func value(_ cell: Architecture) -> Double {
      Double(cell.choices.count { $0 > 2 }) + 1e-6 * Double(cell.choices.reduce(0) { $0 * 5 + $1 })
    }
    let rows = cells.map { "\(base.space.text(of: $0)),\(value($0))" }
    var setting = try TinySetting.make(
      table: ("architecture,accuracy\n" + rows.joined(separator: "\n"), "cells.csv"))
    setting.examples = 60
    setting.device = { throw EstimationError("no device is needed") }
    let predictor = try entry.make(setting)
    #expect(predictor.settings["examples"] == "60" && predictor.settings["table"] != nil)
    var (predicted, known) = ([Double](), [Double]())
    var examples = 0
    for cell in cells {
      let metrics = try predictor.metrics(of: cell, fidelity: 1, seed: 0)
      let mean = try #require(metrics["top1"])
      if mean == value(cell), metrics["top1.deviation"] == 0 { examples += 1 }
      predicted.append(mean)
      known.append(value(cell))
    }
    #expect(examples == 60)
    #expect(
      RankCorrelation.kendallTau(Array(predicted.prefix(300)), Array(known.prefix(300))) > 0.4)
  }
}
