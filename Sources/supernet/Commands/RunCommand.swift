import ArgumentParser
import Terminal

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Does it all: trains, searches, times, tests, hands over.",
    discussion: """
      Everything it makes lies in runs/NAME: the configuration as used, log, checkpoint, study, \
      Pareto fronts (front.csv), the chosen subnets (safetensors and JSON) and summary.json.
      """)

  @OptionGroup var options: RunOptions
  @Flag(help: "Print the summary as JSON.") var json = false

  func run() throws {
    let start = ContinuousClock.now
    let run = try options.train(isQuiet: json, needsTargets: true)
    let summary = try SearchStage(run: run).execute(resuming: true)
    if json { return print(try JSON.text(summary), terminator: "") }
    run.log.tell("\n" + summary.text + "\n")
    run.log.tell(
      "Done in \(Readable.time(ContinuousClock.now - start)); all of it is in \(run.folder.path).")
  }
}

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a supernet: the first half of `run`.")

  @OptionGroup var options: RunOptions

  func run() throws {
    let run = try options.train(isQuiet: false)
    run.log.tell("The supernet is in \(run.folder.checkpoint).")
  }
}

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Searches a trained run for the best subnets: the second half of `run`.")

  @ArgumentParser.Argument(help: "The run's folder.") var folder: String
  @OptionGroup var compute: DeviceOptions
  @Option(help: "How to search: \(StrategyNames.explained).") var strategy: String?
  @Option(help: "Subnets judged in all.") var candidates: Int?
  @Option(
    parsing: .upToNextOption,
    help: "Latency budgets of one image in milliseconds, for every target.")
  var budgetsMs: [Double] = []
  @Option(parsing: .upToNextOption, help: "Devices to choose for (all unless given).")
  var targets: [String] = []
  @Flag(help: "Go on with the study in the folder instead of a new one.") var resume = false
  @Flag(help: "Print the summary as JSON.") var json = false

  func run() throws {
    var settings = try RunConfiguration(keptIn: RunFolder(path: folder))
    if let device = compute.device { settings.device = device }
    if let strategy { settings.search.strategy = try StrategyNames.check(strategy) }
    if let candidates {
      guard candidates > 0 else {
        throw ValidationError("--candidates \(candidates): give 1 or more")
      }
      settings.search.candidates = candidates
    }
    if !budgetsMs.isEmpty {
      guard budgetsMs.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw ValidationError("--budgets-ms: give numbers above 0")
      }
      settings.search.budgetsMilliseconds = budgetsMs
    }
    if !targets.isEmpty { settings.targets = targets }
    let opened = try Run(
      reopening: RunFolder(path: folder), settings, compute: compute, isQuiet: json)
    let summary = try SearchStage(run: opened).execute(resuming: resume)
    if json { return print(try JSON.text(summary), terminator: "") }
    opened.log.tell("\n" + summary.text)
  }
}
