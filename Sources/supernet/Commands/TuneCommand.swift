import ArgumentParser
import Compute
import ComputeOpenCL
import Estimation
import Export
import Terminal

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Times ways to do a device's work, and keeps those that are faster.",
    discussion: """
      Takes the convolutions of a space's networks, the heaviest first, until the budget is spent; \
      Ctrl-C ends it early and keeps what was found. A way that computes anything else than the \
      plain one is dropped. Choices are kept in the user's cache folder, for this device, driver \
      and version only; all commands use them but with --no-tuning.
      """)

  @Option(help: "\(DeviceSelector.names); auto is a GPU, else the native CPU.")
  var device = "auto"
  @Option(
    help: ArgumentHelp(
      "Threads of the native CPU device (all processors unless given).", valueName: "count"))
  var threads: Int?
  @Option(help: "A built-in space, or the path of a .yaml file.") var space = "mobilenet-28"
  @Option(help: ArgumentHelp("How long to look.", valueName: "seconds")) var budget = 60.0
  @Option(help: ArgumentHelp("Images of a training step.", valueName: "images")) var batch = 64

  func validate() throws {
    guard budget > 0, budget <= 1e6 else {
      throw ValidationError("--budget \(budget): give seconds above 0")
    }
    guard (1...65_536).contains(batch) else {
      throw ValidationError("--batch \(batch): give a number from 1 to 65536")
    }
  }

  func run() throws {
    let space = try SpaceCatalogue.space(space)
    let (found, note) = try DeviceSelector.find(device, threads: threads)
    if let note { print(note) }
    guard let file = found.tuningFile else {
      throw ConfigurationError("tune: no folder for caches; set HOME or XDG_CACHE_HOME")
    }
    let opened = try found.open()
    print("Tuning \(opened.description.title) for \(space.name), batch \(batch) and 1.")
    let progress = Progress("Tuning", unit: "s", total: max(1, Int(budget.rounded())))
    Interruption.begin()
    let clock = TuningClock(
      budget: .seconds(budget), isInterrupted: { Interruption.happened },
      tell: { progress.update(Int($0.components.seconds), $1) })
    let tuner = Tuner(
      try TuningPlan(space, batch: batch, on: opened), on: opened, clock: clock)
    try tuner.run(found.builds) { try found.open(Tuning(build: $0)) }
    progress.finish()
    guard !tuner.plan.items.isEmpty else {
      return print("The kernels of this device leave nothing to choose yet; nothing is written.")
    }
    let kept = try keep(tuner, in: file)
    report(tuner)
    print("\(kept.count) \(kept.count == 1 ? "choice is" : "choices are") in \(file.path).")
    if Interruption.happened { throw ExitCode(130) }
  }

  /// Writes what was found, with earlier choices for work that was not tried now.
  private func keep(_ tuner: Tuner, in file: TuningFile) throws -> Tuning {
    var kept = tuner.tuning
    let old = file.read().tuning
    if tuner.findings.isEmpty, kept.isEmpty, let old { return old }
    if let old, old.build == kept.build {
      let tried = Set(tuner.findings.map(\.item.bucket))
      kept.choices.merge(old.choices.filter { !tried.contains($0.key) }) { new, _ in new }
    }
    try file.write(kept)
    return kept
  }

  private func report(_ tuner: Tuner) {
    for problem in tuner.problems { print("Dropped: \(problem)") }
    for finding in tuner.builds {
      let percent = finding.ratio.map { "\(Readable.fixed(100 * $0, 0)) % of the default's time" }
      let chosen = finding.build == tuner.tuning.build ? ": chosen" : ""
      print("Kernels with \(finding.build.text): \(finding.problem ?? percent ?? "")\(chosen)")
    }
    if !tuner.findings.isEmpty {
      var table = Table(["share", "default", "best", "tried", "work", "choice"])
      for finding in tuner.findings {
        table.rows.append([
          "\(Readable.fixed(100 * finding.item.share, 1)) %",
          Readable.milliseconds(finding.defaultTime.seconds),
          Readable.milliseconds(finding.time.seconds), "\(finding.tried)",
          finding.item.bucket.text,
          finding.settings.isEmpty ? "default" : Tuning.Choice(finding.settings).text,
        ])
      }
      print(table.text)
    }
    let all = tuner.plan.items.count
    if tuner.findings.count < all {
      print("Not tried, or nothing to choose: \(all - tuner.findings.count) of \(all).")
    }
    for whole in tuner.wholes {
      print(
        "The largest subnet, \(whole.name): \(Readable.milliseconds(whole.defaultTime.seconds)) "
          + "by default, \(Readable.milliseconds(whole.time.seconds)) tuned")
    }
  }
}
