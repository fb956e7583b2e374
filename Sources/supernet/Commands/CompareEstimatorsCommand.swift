import ArgumentParser
import Compute
import Export
import Search
import Studies
import Terminal

struct CompareEstimatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-estimators",
    abstract: "Ranks the same candidates by every estimator, beside their full training.",
    discussion: """
      Prints Kendall's tau of each estimator's ranking against full training with the same images \
      and epochs, and what it costs. Predictors are asked for candidates that they have not learnt \
      from. Judgements are kept, a study for each estimator in FOLDER: what is stopped goes on with \
      --resume, with more candidates or estimators if wanted.
      """)

  @Argument(help: "A built-in space, or the path of a .yaml file.")
  var space = "nasbench201-12-flat"
  @Option(help: "Candidates, drawn at random.") var candidates = 20
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Estimators besides full-training, one or more (all that can be made unless given; `search --help` explains them).",
      valueName: "names"))
  var estimators: [String] = []
  @Option(help: "The folder for all that is made.") var folder = "estimators"
  @Flag(help: "Go on with what is in the folder.") var resume = false
  @OptionGroup var options: EstimationOptions
  @Flag(help: "Print JSON.") var json = false

  struct Report: Encodable {
    var estimator: String
    var tau: Double?
    var candidates: Int
    var preparationSeconds: Double
    var secondsEach: Double
  }

  private static let reference = EstimatorCatalogue.fullTraining.name

  func validate() throws {
    try check("--candidates", candidates, in: 4...100_000)
  }

  func run() throws {
    let space = try SpaceCatalogue.space(space)
    for name in estimators { _ = try EstimatorCatalogue.entry(named: name) }
    let setting = try options.setting(for: space, isQuiet: json)
    let cells = try draw(in: space)
    let judges = try judges(setting)
    if !resume, RunFolder.exists(folder) {
      throw ConfigurationError(
        "\(folder): is there already; add --resume to go on with it, or --folder for another")
    }
    try RunFolder.make(folder)
    Interruption.begin()
    var comparison = EstimatorComparison(cells)
    for (name, judge) in judges {
      if let model = RegressionCatalogue.entries.first(where: { $0.name == name }) {
        comparison.add(predictor: model.make(setting.seed), named: name, in: space.searchSpace)
      } else if let judge {
        let values = try judgements(of: cells, by: judge, named: name)
        if name == Self.reference {
          comparison.add(reference: values, named: name)
        } else {
          comparison.add(values, named: name, preparation: try judge.preparationSeconds())
        }
      }
    }
    try show(comparison.rows)
  }

  /// The reference first; predictors learn from it, and judge nothing themselves.
  ///
  /// Made before anything is judged, so that what cannot be is told at once.
  private func judges(
    _ setting: EstimationSetting
  ) throws -> [(name: String, judge: RecordedEstimator?)] {
    let predictors = Set(RegressionCatalogue.entries.map(\.name))
    func judge(_ name: String) throws -> (name: String, judge: RecordedEstimator?) {
      guard !predictors.contains(name) else { return (name, nil) }
      var setting = setting
      setting.keep = "\(folder)/\(name)"
      let estimator = try EstimatorCatalogue.entry(named: name).make(setting)
      return (
        name,
        RecordedEstimator(
          estimator, named: name, of: setting.space, in: "\(folder)/\(name).sqlite",
          seed: setting.seed, monitor: setting.monitor)
      )
    }
    let reference = try judge(Self.reference)
    guard estimators.isEmpty else {
      return [reference] + (try estimators.filter { $0 != Self.reference }.map(judge))
    }
    let others = EstimatorCatalogue.entries.map(\.name).filter {
      $0 != Self.reference && ($0 != EstimatorCatalogue.tabular.name || setting.table != nil)
    }
    return [reference]
      + (try others.compactMap { name -> (name: String, judge: RecordedEstimator?)? in
        do { return try judge(name) } catch let error as ConfigurationError {
          if !json { print("Left out: \(name): \(error)") }
          return nil
        }
      })
  }

  /// Candidates that are different networks.
  private func draw(in space: any NetworkSpace) throws -> [Architecture] {
    let cells = space.randomArchitectures(candidates, seed: UInt64(options.seed), stream: -7)
    guard cells.count > 3 else {
      throw ConfigurationError(
        "space \(space.name): has \(cells.count) different networks, too few to rank; give one of 4 "
          + "or more")
    }
    return cells
  }

  private func judgements(
    of cells: [Architecture], by judge: RecordedEstimator, named name: String
  ) throws -> [EstimatorComparison.Judgement] {
    let progress = Progress(name, unit: "candidates", total: cells.count)
    defer { progress.finish() }
    return try cells.enumerated().map { number, cell in
      progress.update(number)
      if Interruption.happened { throw CancellationError() }
      let trial = try judge.trial(of: cell)
      if case .failed(let reason) = trial.state, !json { print("\(name): \(reason)") }
      return .init(
        value: trial.metrics[judge.metric].flatMap { $0.isFinite ? $0 : nil },
        seconds: trial.duration.seconds)
    }
  }

  private func show(_ rows: [EstimatorComparison.Row]) throws {
    if json {
      let reports = rows.map {
        Report(
          estimator: $0.estimator, tau: $0.tau, candidates: $0.candidates,
          preparationSeconds: $0.preparation, secondsEach: $0.secondsEach)
      }
      return print(try JSON.text(reports), terminator: "")
    }
    var table = Table(["estimator", "tau", "candidates", "preparation", "each"])
    for row in rows {
      table.rows.append([
        row.estimator, row.tau.map { Readable.fixed($0, 3) } ?? "-", "\(row.candidates)",
        "\(Readable.fixed(row.preparation, 1)) s",
        "\(Readable.fixed(row.secondsEach, row.secondsEach < 0.1 ? 5 : 2)) s",
      ])
    }
    print(table.text)
  }
}
