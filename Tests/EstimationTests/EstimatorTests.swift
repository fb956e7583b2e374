import Compute
import Estimation
import Laws
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
    // Predictors draw any cells: the table does not hold them, training does. From a table they
    // learn in another test.
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

  /// Every axis saves effort: of images looked at, or of multiply-adds for each.
  @Test(arguments: Fidelity.all.map(\.name))
  func aFidelityIsCheaper(_ name: String) throws {
    let fidelity = try #require(Fidelity.all.first { $0.name == name })
    let setting = try TinySetting.make(epochs: 8)
    let plan = TrainingPlan(
      space: setting.space, recipe: setting.recipe, splits: try setting.images())
    let cell = try setting.space.architecture(text: Self.cells[0])
    func effort(_ plan: TrainingPlan) throws -> Double {
      let images = plan.recipe.epochs * plan.training.count
      return Double(images) * Double(try plan.space.cost(of: cell).multiplyAdds)
    }
    let part = try fidelity.apply(plan, fidelity.part)
    #expect(try effort(part) < 0.7 * effort(plan))
  }

  /// A space that cannot be made smaller is told when the estimator is made, not when it judges.
  @Test func whatCannotBeMadeSmallerIsToldAtOnce() throws {
    var setting = try TinySetting.make()
    setting.space = try TinySpaces.recurrent.space()
    #expect(throws: ConfigurationError.self) {
      try EstimatorCatalogue.entry(named: "fewer-cells").make(setting)
    }
  }

  /// What cannot beat the best of its own fidelity is stopped; what others measured is known.
  @Test func aHopelessCurveIsStopped() throws {
    let setting = try TinySetting.make(epochs: 6)
    let cell = try setting.space.architecture(text: Self.cells[0])
    func epochs(_ fidelity: Double, after trials: [Trial]) throws -> [Double] {
      let estimator = try EstimatorCatalogue.entry(named: "learning-curve").make(setting)
      estimator.recall(trials)
      let metrics = try estimator.metrics(of: cell, fidelity: fidelity, seed: 1)
      return [metrics["epochs"] ?? 0, metrics["top1.deviation"] ?? -1]
    }
    func trial(_ fidelity: Double, deviation: Double) -> Trial {
      Trial(
        number: 0, architecture: cell, fidelity: fidelity, source: "test", state: .complete,
        metrics: ["top1": 9, "top1.deviation": deviation])
    }
    #expect(try epochs(1, after: []) == [6, 0])
    let stopped = try epochs(1, after: [trial(1, deviation: 0)])
    #expect(stopped[0] == 3 && stopped[1] > 0, "nothing beats an accuracy of 9")
    #expect(try epochs(1, after: [trial(1, deviation: 0.1)]) == [6, 0], "that was foretold")
    #expect(try epochs(1, after: [trial(0.5, deviation: 0)]) == [6, 0], "of another fidelity")
    #expect(try epochs(5 / 6.0, after: [trial(5 / 6.0, deviation: 0)])[0] == 3)
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
    let space = try TinySetting.make().space.searchSpace
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
    #expect(comparison.rows[2].tau ?? 0 > 0.6 && comparison.rows[2].preparation == 60)
  }

  /// A candidate that one of both could not judge is left out of their comparison.
  @Test func comparisonsGoOnWithoutWhatFailed() throws {
    let space = try TinySetting.make().space.searchSpace
    let cells = Array(space.allArchitectures.prefix(6))
    var comparison = EstimatorComparison(cells)
    comparison.add(
      reference: [1, 2, nil, 4, 5, 6].map { .init(value: $0, seconds: 1) }, named: "full")
    comparison.add(
      [nil, 20, -5, 40, 50, 60].map { .init(value: $0, seconds: 1) }, named: "other",
      preparation: 0)
    comparison.add(
      cells.map { _ in .init(value: nil, seconds: 1) }, named: "none", preparation: 0)
    comparison.add(predictor: RidgeRegression(), named: "ridge", in: space)
    #expect(comparison.rows.map(\.candidates) == [5, 4, 0, 5])
    #expect(comparison.rows[1].tau == 1 && comparison.rows[2].tau == nil)
  }
}
