import ArgumentParser
import Export
import Ranks
import Search
import Studies
import Terminal

struct SearchCommand: RankedCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Searches a trained run for its best subnets, or any space by any estimator.",
    discussion: """
      In a run's folder it is the second half of `run`: subnets are judged with the run's weights \
      and chosen for each budget, or one under all --limit at once, on any number of devices. In a space, candidates are judged by an estimator; every one is \
      kept in a study (`supernet study`). What is stopped, by whatever means, goes on with \
      --resume; several processes with --resume share a study.

        supernet search runs/first --targets cpu --budgets-ms 1 2
        supernet search runs/first --limit latency.cpu=2ms parameters=100k
        supernet search nasbench201 --table cells.csv --strategy evolution
      """)

  @Argument(
    help: "A trained run's folder, or a space: a built-in one or the path of a .yaml file.")
  var subject: String
  @Option(
    help: ArgumentHelp(
      "How to search (evolution in a space, what the configuration says in a run, unless given).",
      discussion: StrategyNames.explained, valueName: "name"))
  var strategy: String?
  @Option(
    help: ArgumentHelp(
      "Candidates judged in all, 100 in a space; one of lower fidelity counts as its part of one.",
      valueName: "count"))
  var candidates: Int?
  @Flag(help: "Go on with the study, or begin it.") var resume = false
  @Flag(help: "Print the summary as JSON.") var json = false
  @OptionGroup var logging: LogOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "In a run: latency budgets of one image, one or more, for every target.",
      valueName: "milliseconds"))
  var budgetsMs: [Double] = []
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "In a run: devices to choose for under budgets, one or more (all unless given).",
      valueName: "devices"))
  var targets: [String] = []

  @Option(
    help: ArgumentHelp(
      "In a space: the study's file (studies/SPACE-ESTIMATOR.sqlite unless given).",
      valueName: "file"))
  var study: String?
  @Option(
    help: ArgumentHelp(
      "In a space: how candidates are judged (full-training, or tabular if there is a table, unless given).",
      discussion: EstimatorNames.explained, valueName: "name"))
  var estimator: String?
  @OptionGroup(title: "GOAL OPTIONS") var goal: GoalOptions
  @OptionGroup(title: "GOAL OPTIONS") var tables: TableOptions
  @OptionGroup(title: "ESTIMATION OPTIONS (in a space)") var estimation: EstimationOptions

  func validate() throws {
    try check("--candidates", candidates, in: 1...1_000_000)
    guard budgetsMs.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ValidationError("--budgets-ms: give numbers above 0")
    }
  }

  func run() throws {
    let isRun = RunFolder.exists(RunFolder(path: subject).configuration)
    if isRun {
      try refuse(
        [
          ("--estimator", estimator != nil), ("--study", study != nil),
        ] + estimation.changed().map { ($0, true) },
        "a run, which is judged with its own weights")
      try searchRun()
    } else {
      try refuse(
        [("--budgets-ms", !budgetsMs.isEmpty), ("--targets", !targets.isEmpty)],
        "no run's folder; in a space use --limit latency.DEVICE=SECONDS")
      try searchSpace()
    }
  }

  private func refuse(_ options: [(name: String, isGiven: Bool)], _ reason: String) throws {
    guard let given = options.first(where: \.isGiven) else { return }
    throw ValidationError("\(given.name): \(subject) is \(reason)")
  }

  private func searchRun() throws {
    let folder = RunFolder(path: subject)
    var settings = try RunConfiguration(keptIn: folder)
    if let device = estimation.compute.device { settings.device = device }
    if let strategy { settings.search.strategy = try StrategyNames.check(strategy) }
    if let candidates { settings.search.candidates = candidates }
    if !budgetsMs.isEmpty { settings.search.budgetsMilliseconds = budgetsMs }
    if !targets.isEmpty { settings.targets = targets }
    let run = try Run(
      reopening: folder, settings, compute: estimation.compute, logFormat: logging.logFormat,
      isQuiet: json, ranks: World.communicator)
    let stage = SearchStage(run: run, goal: try runGoal(settings), tables: tables.latencyTables)
    guard run.ranks.isFirst else { return try stage.assist() }
    let summary = try stage.execute(resuming: resume)
    try RunReport.write(folder)
    if json { return print(try JSON.text(summary), terminator: "") }
    run.log.tell("\n" + summary.text)
  }

  /// What to seek in a run instead of budgets, here or else in its file; nil for budgets.
  private func runGoal(_ settings: RunConfiguration) throws -> SearchGoal? {
    guard !goal.isEmpty else {
      return budgetsMs.isEmpty && targets.isEmpty ? settings.search.goal : nil
    }
    guard budgetsMs.isEmpty, targets.isEmpty else {
      throw ValidationError(
        "--limit, --objective: are sought instead of --budgets-ms for --targets; give one of them")
    }
    let goal = try goal.goal(default: SubnetSearch.accuracyMetric)
    if let complaint = goal.metrics.compactMap(LimitText.complaint).first {
      throw ConfigurationError(complaint)
    }
    return goal
  }

  private func searchSpace() throws {
    let strategyName = try StrategyNames.check(strategy ?? "evolution")
    let isFirst = World.communicator.isFirst
    let search = try SpaceSearch(
      subject, judgedBy: estimator, estimation, goal, tables: tables.latencyTables,
      isQuiet: json || !isFirst,
      keep: { study.map(StudyFinder.withoutEnding) ?? "studies/\($0)" })
    guard isFirst else { return try search.assist() }
    let strategy = try search.strategy(named: strategyName)
    let path = study ?? "studies/\(search.space.name)-\(search.estimatorName).sqlite"
    if !resume, RunFolder.exists(path) {
      throw ConfigurationError(
        "\(path): holds a study already; add --resume to go on with it, or --study for another")
    }
    if study == nil { try RunFolder.make("studies", option: "--study") }
    let file = try StudyFile(path, of: search.header)
    let budget = candidates ?? 100
    if !json {
      print(
        "Searching \(search.space.name) (\(Readable.scientific(search.space.searchSpace.count)) "
          + "architectures) by \(strategyName), judged by \(search.estimatorName).")
    }
    Interruption.begin()
    let start = ContinuousClock.now
    let progress = Progress(
      "Searching", unit: "candidates", total: budget, done: Int(file.study.spent))
    let ending = try search.run(file, strategy, seed: estimation.seed, budget: budget, progress)
    progress.finish()
    let report = try StudyReport(file, best: 5)
    if json {
      print(try JSON.text(report), terminator: "")
      return try Interruption.end()
    }
    if ending == .exhausted { print("The strategy finds nothing new.") }
    print(report.text + report.trialTable(of: search.goal))
    try Interruption.end()
    print("\nDone in \(Readable.span((ContinuousClock.now - start).seconds)).")
  }
}
