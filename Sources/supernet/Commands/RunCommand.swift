import ArgumentParser
import Terminal

struct RunCommand: RankedCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Does it all: trains, searches, times, tests, hands over.",
    discussion: """
      Everything it makes lies in runs/NAME: the configuration as used, log, checkpoint, study, \
      Pareto fronts (front.csv), the chosen subnets (safetensors and JSON), summary.json and \
      report.html.
      """)

  @OptionGroup var options: RunOptions
  @Flag(help: "Print the summary as JSON.") var json = false

  func run() throws {
    let start = ContinuousClock.now
    let run = try options.train(isQuiet: json, isSearched: true)
    let stage = SearchStage(run: run, goal: run.configuration.search.goal)
    guard run.ranks.isFirst else { return try stage.assist() }
    let summary = try stage.execute(resuming: true)
    try RunReport.write(run.folder)
    if json { return print(try JSON.text(summary), terminator: "") }
    run.log.tell("\n" + summary.text + "\n")
    run.log.tell(
      "Done in \(Readable.time(ContinuousClock.now - start)); all of it is in \(run.folder.path); look at "
        + "\(run.folder.report).")
  }
}

struct TrainCommand: RankedCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a supernet: the first half of `run`.",
    discussion: """
      With --architecture one subnet alone, which shows what weights inherited from a supernet lack: \
      `supernet evaluate` tells both.
      """)

  @OptionGroup var options: RunOptions
  @Option(
    help: """
      Train this subnet alone: `largest`, `smallest`, or its text; the run's name says so.
      """)
  var architecture: String?

  func run() throws {
    let run = try options.train(isQuiet: false, alone: architecture)
    if options.watch { try RunReport.write(run.folder) }
    run.log.tell(
      "The \(run.configuration.architecture == nil ? "supernet" : "subnet") is in \(run.folder.checkpoint)."
    )
  }
}
