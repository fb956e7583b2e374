import ArgumentParser
import Compute
import Export
import Search
import Terminal

struct CompareEstimatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-estimators",
    abstract: "Ranks the same candidates by every estimator, beside their full training.",
    discussion: """
      Prints Kendall's tau of each estimator's ranking against full training with the same images \
      and epochs, and what it costs. Predictors are asked for candidates that they have not learnt \
      from. What is judged is kept in a file, so that a comparison that was stopped goes on.
      """)

  @ArgumentParser.Argument(help: "A built-in space, or the path of a .yaml file.")
  var space = "nasbench201-12-flat"
  @Option(help: "Candidates, drawn at random.") var candidates = 20
  @Option(
    parsing: .upToNextOption,
    help: "Estimators besides full-training (all that can be made unless given).")
  var estimators: [String] = []
  @Option(help: "Keep the judgements in this CSV, and go on from it.") var file: String?
  @OptionGroup var options: EstimationOptions
  @Flag(help: "Print JSON.") var json = false

  struct Report: Encodable {
    var estimator: String
    var tau: Double
    var preparationSeconds: Double
    var secondsEach: Double
  }

  func validate() throws {
    try check("--candidates", candidates, in: 4...100_000)
  }

  func run() throws {
    let setting = try options.setting(for: space)
    let names = try chosen(setting)
    let cells = draw(in: setting.space)
    let judgements = try JudgementFile(file, of: setting.space)
    var comparison = EstimatorComparison(cells)
    for name in ["full-training"] + names {
      if let model = RegressionCatalogue.entries.first(where: { $0.name == name }) {
        comparison.add(
          predictor: model.make(setting.seed), named: name, in: setting.space.searchSpace)
        continue
      }
      let (values, preparation) = try judge(cells, by: name, setting, judgements)
      if name == "full-training" {
        comparison.add(reference: values, named: name)
      } else {
        comparison.add(values, named: name, preparation: preparation)
      }
    }
    try show(comparison.rows)
  }

  /// All but the reference; a table's values are of other images.
  private func chosen(_ setting: EstimationSetting) throws -> [String] {
    let all = EstimatorCatalogue.entries.map(\.name).filter { $0 != "full-training" }
    for name in estimators { _ = try EstimatorCatalogue.entry(named: name) }
    return estimators.isEmpty
      ? all.filter { $0 != "tabular" || setting.table != nil }
      : estimators.filter { $0 != "full-training" }
  }

  /// Candidates that are different networks.
  private func draw(in space: any NetworkSpace) -> [Architecture] {
    var generator = SeededGenerator(seed: UInt64(options.seed), stream: -7)
    var (cells, seen, tries) = ([Architecture](), Set<String>(), 0)
    while cells.count < candidates, tries < 1_000 * candidates {
      tries += 1
      let cell = space.searchSpace.random(using: &generator)
      if seen.insert(space.canonicalText(of: cell)).inserted { cells.append(cell) }
    }
    return cells
  }

  private func judge(
    _ cells: [Architecture], by name: String, _ setting: EstimationSetting,
    _ judgements: JudgementFile
  ) throws -> (values: [EstimatorComparison.Judgement], preparation: Double) {
    // Made only if something is left to judge.
    let estimator = Once { () throws -> any Estimator in
      let made = try EstimatorCatalogue.entry(named: name).make(setting)
      let start = ContinuousClock.now
      if let oneShot = made as? OneShotEstimator { try oneShot.train() }
      try judgements.prepared(name, seconds: (ContinuousClock.now - start).seconds)
      return made
    }
    var progress = Progress(name, unit: "candidates", total: cells.count)
    let values = try cells.enumerated().map { number, cell in
      progress.update(number)
      if let known = judgements.known(cell, by: name) { return known }
      let estimator = try estimator.value()
      let start = ContinuousClock.now
      let metrics = try estimator.metrics(of: cell, fidelity: 1, seed: setting.seed)
      let judgement = EstimatorComparison.Judgement(
        value: metrics[estimator.metric] ?? 0, seconds: (ContinuousClock.now - start).seconds)
      try judgements.add(cell, by: name, judgement)
      return judgement
    }
    progress.finish()
    return (values, judgements.preparation(of: name))
  }

  private func show(_ rows: [EstimatorComparison.Row]) throws {
    if json {
      let reports = rows.map {
        Report(
          estimator: $0.estimator, tau: $0.tau, preparationSeconds: $0.preparation,
          secondsEach: $0.secondsEach)
      }
      return print(try JSON.text(reports), terminator: "")
    }
    var table = Table(["estimator", "tau", "preparation", "each"])
    for row in rows {
      table.rows.append([
        row.estimator, Readable.fixed(row.tau, 3), "\(Readable.fixed(row.preparation, 1)) s",
        "\(Readable.fixed(row.secondsEach, row.secondsEach < 0.1 ? 5 : 2)) s",
      ])
    }
    print(table.text)
  }
}
