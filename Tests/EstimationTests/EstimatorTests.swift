import Compute
import Estimation
import Search
import Testing

@Suite struct EstimatorTests {
  private static let cells = [
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|",
    "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
  ]

  /// Each estimator of the catalogue answers with finite numbers, twice alike from a seed.
  @Test(arguments: EstimatorCatalogue.entries.map(\.name))
  func everyEstimatorAnswers(_ name: String) throws {
    var setting = try TinySetting.make(
      table: (
        "architecture,accuracy\n"
          + Self.cells.enumerated().map { "\($1),\(90 - 40 * $0)" }
          .joined(separator: "\n"), "cells.csv"
      ))
    setting.examples = 4
    // Predictors draw any cells: the table does not hold them, training does.
    if name != "tabular" { setting.table = nil }
    let cell = try setting.space.architecture(text: Self.cells[0])
    func ask() throws -> [String: Double] {
      let estimator = try EstimatorCatalogue.entry(named: name).make(setting)
      let metrics = try estimator.metrics(of: cell, fidelity: 1, seed: 3)
      #expect(metrics[estimator.metric] != nil)
      return metrics
    }
    let metrics = try ask()
    #expect(metrics.values.allSatisfy { $0.isFinite }, "\(metrics)")
    #expect(try ask() == metrics)
  }

  @Test func anUnknownEstimatorIsToldTheNames() {
    let error = #expect(throws: ConfigurationError.self) {
      try EstimatorCatalogue.entry(named: "oracle")
    }
    #expect(error?.description.contains("choose one of full-training, tabular") == true)
  }

  /// A network that computes is above one of whose cells nothing comes.
  @Test(arguments: ZeroCostCatalogue.entries.map(\.name))
  func scoresTellAnEmptyCell(_ name: String) throws {
    let setting = try TinySetting.make()
    let estimator = try EstimatorCatalogue.entry(named: name).make(setting)
    let scores = try Self.cells.map { text in
      try estimator.metrics(
        of: setting.space.architecture(text: text), fidelity: 1, seed: 1)["score"] ?? 0
    }
    #expect(scores[0] > scores[1])
  }

  /// Training learns: six epochs more than one.
  @Test func fullTrainingLearns() throws {
    let setting = try TinySetting.make(epochs: 6, images: 640)
    let cell = try setting.space.architecture(text: Self.cells[0])
    let estimator = try EstimatorCatalogue.fullTraining.make(setting)
    let top1 = try estimator.metrics(of: cell, fidelity: 1, seed: 1)["top1"] ?? 0
    let start = try estimator.metrics(of: cell, fidelity: 0.17, seed: 1)["top1"] ?? 0
    #expect(top1 > 0.5 && top1 > start, "\(start) to \(top1)")
  }

  @Test func aFidelityMakesTheSpaceSmaller() throws {
    let space = try TinySetting.make().space
    let scalable = try #require(space as? any ScalableSpace)
    let cell = try space.architecture(text: Self.cells[0])
    let whole = try space.cost(of: cell).multiplyAdds
    for parts in [(0.5, 1.0, 1.0), (1, 0.5, 1), (1, 1, 0.5)] {
      let less = try scalable.scaled(resolution: parts.0, channels: parts.1, cells: parts.2)
      #expect(less.searchSpace == space.searchSpace)
      #expect(try less.cost(of: cell).multiplyAdds < whole * 7 / 10)
    }
  }

  @Test func comparisonsCountWhatPredictorsHaveNotSeen() throws {
    let space = try NASBench201Table.space()
    var generator = SeededGenerator(seed: 1)
    let cells = (0..<40).map { _ in space.random(using: &generator) }
    var comparison = EstimatorComparison(cells)
    // Accuracy as the number of convolutions.
    let truth = cells.map { cell in Double(cell.choices.count { $0 > 2 }) }
    comparison.add(reference: truth.map { .init(value: $0, seconds: 2) }, named: "full")
    comparison.add(truth.map { .init(value: -$0, seconds: 1) }, named: "opposite", preparation: 5)
    comparison.add(predictor: RidgeRegression(), named: "ridge", in: space)
    #expect(comparison.rows.map(\.estimator) == ["full", "opposite", "ridge"])
    #expect(comparison.rows[0].tau == 1 && comparison.rows[1].tau == -1)
    #expect(comparison.rows[1].secondsEach == 1 && comparison.rows[1].preparation == 5)
    #expect(comparison.rows[2].tau > 0.6 && comparison.rows[2].preparation == 60)
  }
}
