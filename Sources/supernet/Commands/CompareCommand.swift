import ArgumentParser
import Export
import Search
import Studies
import TensorFiles
import Terminal

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

  @ArgumentParser.Argument(help: "A built-in space, or the path of a .yaml file.") var space: String
  @Option(parsing: .upToNextOption, help: "Strategies (all unless given).")
  var strategies: [String] = []
  @Option(help: "Searches of each strategy, with the seeds from --seed on.") var seeds = 10
  @Option(help: "Candidates of each search; one of lower fidelity counts as its part of one.")
  var candidates = 100
  @Option(help: "The folder for all that is made.") var folder = "comparison"
  @Flag(help: "Go on with what is in the folder.") var resume = false
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print comparison.csv.") var csv = false
  @Option(help: "How candidates are judged: \(EstimatorNames.explained).")
  var estimator: String?
  @OptionGroup(title: "GOAL OPTIONS") var goal: GoalOptions
  @OptionGroup(title: "ESTIMATION OPTIONS") var estimation: EstimationOptions

  func validate() throws {
    for (name, value) in [("--seeds", seeds), ("--candidates", candidates)] where value < 1 {
      throw ValidationError("\(name) \(value): give 1 or more")
    }
    guard !json || !csv else { throw ValidationError("--json, --csv: give one of them") }
  }

  func run() throws {
    let names = try (strategies.isEmpty ? StrategyNames.all : strategies).map(StrategyNames.check)
    let search = try SpaceSearch(space, judgedBy: estimator, estimation, goal)
    let studies = "\(folder)/studies"
    if !resume, RunFolder.exists(studies) {
      throw ConfigurationError(
        "\(folder): holds a comparison already; add --resume to go on with it, or --folder for "
          + "another")
    }
    try RunFolder.make(studies)
    if !json, !csv {
      print(
        "Comparing \(names.count) strategies in \(search.space.name), judged by "
          + "\(search.estimatorName): \(seeds) searches each of \(candidates) candidates.")
    }
    var progress = Progress("Comparing", unit: "searches", total: names.count * seeds)
    var curves: [String: [BestCurve]] = [:]
    var (done, elsewhere) = (0, 0)
    // Seed by seed, so that a comparison that is stopped early has some of each.
    for seed in estimation.seed..<estimation.seed + seeds {
      for name in names {
        let path = "\(studies)/\(name)-\(seed).sqlite"
        progress.update(done, "\(name), seed \(seed)")
        if let curve = try curve(path, search, name, seed) {
          curves[name, default: []].append(curve)
        } else {
          elsewhere += 1
        }
        done += 1
      }
    }
    progress.finish()
    if elsewhere > 0, !json, !csv {
      print("Left out: \(elsewhere) searches that another process is at work on.")
    }
    let comparison = Comparison(
      title: "\(search.space.name), \(search.estimatorName): the best of \(seeds) "
        + "\(seeds == 1 ? "search" : "searches") each, mean and standard deviation",
      goal: search.goal, budget: candidates,
      entries: names.compactMap { name in curves[name].map { (name, CurveBundle($0)) } })
    try show(comparison)
  }

  /// One search, or what is left of it; `nil` where another process is at work on it.
  private func curve(
    _ path: String, _ search: SpaceSearch, _ strategy: String, _ seed: Int
  ) throws -> BestCurve? {
    guard !StudyFile.isInUse(path) else { return nil }
    let file = try StudyFile(path, of: search.header)
    _ = try search.run(file, strategy, seed: seed, budget: candidates) { _ in }
    return BestCurve(file, by: search.goal, budget: Double(candidates))
  }

  private func show(_ comparison: Comparison) throws {
    try AtomicFile.write(comparison.csv, to: "\(folder)/comparison.csv")
    let figure = comparison.figure
    if let figure { try AtomicFile.write(figure.svg, to: "\(folder)/comparison.svg") }
    if json { return print(try JSON.text(comparison.rows), terminator: "") }
    if csv { return print(comparison.csv, terminator: "") }
    print(comparison.text)
    print(
      figure == nil
        ? "Nothing to draw: not every search has found a feasible candidate."
        : "Drawn in \(folder)/comparison.svg; the numbers are in \(folder)/comparison.csv.")
  }
}
