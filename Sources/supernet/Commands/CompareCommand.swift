import ArgumentParser
import Export
import Search
import Studies
import TensorFiles
import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Runs several strategies over several seeds, and draws what they find.",
    discussion: """
      Every strategy with every seed is a study in FOLDER/studies; FOLDER/comparison.svg draws mean \
      and spread of the best against evaluations and against seconds, comparison.csv has the \
      numbers. What is stopped goes on with --resume, with more seeds or candidates if wanted; \
      several processes with --resume share the work.
      """)

  @Argument(help: "A built-in space, or the path of a .yaml file.") var space: String
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Strategies, one or more (all unless given; `search --help` explains them).",
      valueName: "names"))
  var strategies: [String] = []
  @Option(
    help: ArgumentHelp(
      "Searches of each strategy, with the seeds from --seed on.", valueName: "count"))
  var seeds = 10
  @Option(
    help: ArgumentHelp(
      "Candidates of each search; one of lower fidelity counts as its part of one.",
      valueName: "count"))
  var candidates = 100
  @Option(help: "The folder for all that is made.") var folder = "comparison"
  @Flag(help: "Go on with what is in the folder.") var resume = false
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print comparison.csv.") var csv = false
  @Option(
    help: ArgumentHelp(
      "How candidates are judged (full-training, or tabular if there is a table, unless given).",
      discussion: EstimatorNames.explained, valueName: "name"))
  var estimator: String?
  @OptionGroup(title: "GOAL OPTIONS") var goal: GoalOptions
  @OptionGroup(title: "ESTIMATION OPTIONS") var estimation: EstimationOptions

  func validate() throws {
    try check("--seeds", seeds, in: 1...10_000)
    try check("--candidates", candidates, in: 1...100_000)
    guard !json || !csv else { throw ValidationError("--json, --csv: give one of them") }
  }

  func run() throws {
    for name in strategies { _ = try StrategyNames.check(name) }
    let search = try SpaceSearch(
      space, judgedBy: estimator, estimation, goal, isQuiet: json || csv,
      keep: { "\(folder)/\($0)" })
    let chosen = try chosen(search)
    let studies = "\(folder)/studies"
    if !resume, RunFolder.exists(studies) {
      throw ConfigurationError(
        "\(folder): holds a comparison already; add --resume to go on with it, or --folder for "
          + "another")
    }
    try RunFolder.make(studies)
    if !json, !csv {
      print(
        "Comparing \(chosen.count) strategies in \(search.space.name), judged by "
          + "\(search.estimatorName): \(seeds) searches each of \(candidates) candidates.")
    }
    Interruption.begin()
    let curves = try curves(chosen, search, studies)
    try Interruption.end()
    let comparison = Comparison(
      title: "\(search.space.name), \(search.estimatorName): the best of \(seeds) "
        + "\(seeds == 1 ? "search" : "searches") each, mean and standard deviation",
      goal: search.goal, budget: candidates,
      entries: chosen.map { ($0.name, CurveBundle(curves[$0.name] ?? [])) })
    try show(comparison)
  }

  /// Those that are named; otherwise all that suit the estimator.
  private func chosen(_ search: SpaceSearch) throws -> [StrategyEntry] {
    guard strategies.isEmpty else {
      var seen = Set<String>()
      return try strategies.filter { seen.insert($0).inserted }.map(search.strategy(named:))
    }
    let unfit = StrategyCatalogue.entries.filter { !search.suits($0) }.map(\.name)
    if !unfit.isEmpty, !json, !csv {
      print(
        "Left out: \(unfit.joined(separator: ", ")) spend a part of the effort, and "
          + "\(search.estimatorName) knows none.")
    }
    return StrategyCatalogue.entries.filter(search.suits)
  }

  /// Every search, seed by seed, so that a comparison that is stopped early has some of each.
  ///
  /// What another process is at work on comes last: it has ended by then, or is waited for.
  private func curves(
    _ chosen: [StrategyEntry], _ search: SpaceSearch, _ studies: String
  ) throws -> [String: [BestCurve]] {
    var waiting = (0..<seeds).flatMap { offset in
      chosen.map { (strategy: $0, seed: estimation.seed + offset) }
    }
    let progress = Progress("Comparing", unit: "searches", total: waiting.count)
    defer { progress.finish() }
    var curves: [String: [BestCurve]] = [:]
    var done = 0
    while !waiting.isEmpty, !Interruption.happened {
      let left = try waiting.filter { strategy, seed in
        progress.update(done, "\(strategy.name), seed \(seed)")
        let path = "\(studies)/\(strategy.name)-\(seed).sqlite"
        guard !Interruption.happened, let file = try StudyFile(alone: path, of: search.header)
        else { return true }
        _ = try search.run(file, strategy, seed: seed, budget: candidates)
        curves[strategy.name, default: []].append(
          BestCurve(file, by: search.goal, budget: Double(candidates)))
        done += 1
        return false
      }
      if left.count == waiting.count { usleep(200_000) }
      waiting = left
    }
    return curves
  }

  private func show(_ comparison: Comparison) throws {
    try AtomicFile.write(comparison.csv, to: "\(folder)/comparison.csv")
    let (figure, drawing) = (comparison.figure, "\(folder)/comparison.svg")
    if let figure {
      try AtomicFile.write(figure.svg, to: drawing)
    } else {
      // What an earlier one drew would not be of these numbers.
      unlink(drawing)
    }
    if json { return print(try JSON.text(comparison.rows), terminator: "") }
    if csv { return print(comparison.csv, terminator: "") }
    print(comparison.text)
    print(
      figure == nil
        ? "Nothing to draw: not every search has found a feasible candidate."
        : "Drawn in \(drawing); the numbers are in \(folder)/comparison.csv.")
  }
}
