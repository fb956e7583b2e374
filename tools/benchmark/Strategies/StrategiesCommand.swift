import ArgumentParser
import Laws
import Search
import TensorFiles
import Terminal

/// Compares the search strategies: how good, how fast.
struct StrategiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies",
    abstract: "Compares search strategies on a table of cells, and times their proposals.",
    discussion: """
      The table is a CSV of all 15,625 cells of NAS-Bench-201: architecture,accuracy. Shown are mean \
      and standard deviation of the best accuracy after so many queries, and the median of the \
      queries until the best cell. A query of low fidelity counts as that part of one; the table has \
      none, so it is simulated by noise of 0.5 * sqrt(1 / fidelity - 1) points.
      """)

  @Argument(help: "Strategies; all unless given.") var strategies: [String] = []
  @Option(help: "The CSV; without it, only proposals are timed.") var table: String?
  @Option(help: "Searches of each strategy.") var seeds = 200
  @Option(help: "Proposals timed in a space of 4^30.") var proposals = 100_000
  @Option(help: "Seconds after which a strategy's timing ends.") var seconds = 30
  @Flag(help: "Print JSON.") var json = false

  struct Report: Encodable {
    var scores: [StrategyScore] = []
    var costs: [ProposalCost] = []
  }

  func validate() throws {
    for (name, value) in [("seeds", seeds), ("proposals", proposals), ("seconds", seconds)]
    where value < 1 {
      throw ValidationError("--\(name) \(value): give 1 or more")
    }
    do { _ = try entries() } catch let error as SearchError {
      throw ValidationError(error.message)
    }
  }

  private func entries() throws -> [StrategyEntry] {
    try strategies.isEmpty
      ? StrategyCatalogue.entries : strategies.map(StrategyCatalogue.entry(named:))
  }

  func run() throws {
    let entries = try entries()
    var report = Report()
    if let table {
      let cells = try NASBench201(csv: FileReader.text(of: table), file: table)
      report.scores = try measure("Searching", entries) {
        StrategyScore($0, on: cells, seeds: seeds)
      }
      if !json { print(scoreTable(report.scores) + "\n") }
    }
    report.costs = try measure("Proposing", entries) {
      try ProposalCost($0, proposals: proposals, within: .seconds(seconds))
    }
    print(json ? try JSON.text(report) : costTable(report.costs))
  }

  private func measure<Result>(
    _ title: String, _ entries: [StrategyEntry], _ one: (StrategyEntry) throws -> Result
  ) throws -> [Result] {
    let progress = Progress(title, unit: "strategies", total: entries.count)
    defer { progress.finish() }
    return try entries.enumerated().map { index, entry in
      progress.update(index, entry.name)
      return try one(entry)
    }
  }

  private func scoreTable(_ scores: [StrategyScore]) -> String {
    var table = Table(
      ["best of \(seeds) seeds"] + StrategyScore.budgets.map { "\($0) queries" }
        + ["to the best", "seconds"])
    table.rows = scores.map { score in
      [score.strategy]
        + StrategyScore.budgets.map { count in
          score.bestAccuracies.first { $0.queries == count }.map {
            "\(Readable.fixed($0.mean, 2)) +- \(Readable.fixed($0.deviation, 2))"
          } ?? "-"
        }
        + [
          score.medianQueriesToBest.map { Readable.fixed($0, 0) } ?? "never",
          Readable.fixed(score.seconds, 1),
        ]
    }
    return table.text
  }

  private func costTable(_ costs: [ProposalCost]) -> String {
    var table = Table(["a proposal in 4^30", "proposals", "mean us", "last us", "slowest ms"])
    table.rows = costs.map {
      [
        $0.strategy, "\($0.proposals)", Readable.fixed($0.meanMicroseconds, 1),
        Readable.fixed($0.lastMicroseconds, 1), Readable.fixed($0.slowestMilliseconds, 1),
      ]
    }
    return table.text
  }
}
