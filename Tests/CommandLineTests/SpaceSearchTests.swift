import Foundation
import Testing

/// `supernet search` in a space, judged by a table.
@Suite struct SpaceSearchTests {
  struct Report: Decodable {
    struct Trial: Decodable {
      var metrics: [String: Double]
      var architecture: String
    }

    var trials: Int
    var complete: Int
    var failed: Int
    var best: Double?
    var bestTrials: [Trial]
  }

  @Test func findsTheBestOfATable() throws {
    let workspace = try Workspace.ofCells()
    let outcome = try workspace.search("--strategy", "evolution", "--candidates", "300", "--json")
    let report = try decode(Report.self, outcome.output)
    #expect(report.trials == 300 && report.complete == 300)
    #expect(report.best == 90.5 && report.bestTrials.first?.metrics["accuracy"] == 90.5)
    #expect(
      report.bestTrials.first?.architecture.hasSuffix(
        "|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|") == true)
    #expect(workspace.exists("studies/cells-tabular.sqlite"))
  }

  @Test func goesOnAsIfItHadNotStopped() throws {
    let workspace = try Workspace.ofCells()
    for (study, counts) in [("whole.sqlite", ["40"]), ("parts.sqlite", ["13", "14", "40"])] {
      for count in counts {
        let outcome = try workspace.search(
          "--study", study, "--candidates", count, "--resume", "--strategy", "evolution")
        #expect(outcome.status == 0, "\(outcome)")
      }
    }
    #expect(try workspace.study("whole.sqlite").trials == workspace.study("parts.sqlite").trials)
  }

  @Test func limitsHoldAndTheFrontIsShown() throws {
    let workspace = try Workspace.ofCells()
    let free = try workspace.search(
      "--study", "free.sqlite", "--candidates", "30", "--strategy", "random", "--objective",
      "top1", "parameters")
    #expect(free.status == 0 && free.output.contains("maximise top1, minimise parameters"))
    let sizes = try workspace.study("free.sqlite").trials.compactMap { $0.metrics["parameters"] }
    let limit = sizes.sorted()[sizes.count / 2]
    let bound = try workspace.search(
      "--study", "bound.sqlite", "--candidates", "30", "--strategy", "random", "--limit",
      "parameters=\(limit)")
    #expect(bound.status == 0, "\(bound)")
    let kept = try workspace.study("bound.sqlite").trials.compactMap { $0.metrics["parameters"] }
    #expect(kept.count == 30 && kept.allSatisfy { $0 <= limit })
  }

  @Test func whatIsNotInTheTableFails() throws {
    let workspace = try Workspace.ofCells()
    try workspace.write(
      "table.csv", CellTable.csv(CellTable.lines.enumerated().filter { $0.0 % 2 == 0 }.map(\.1)))
    let outcome = try workspace.search("--study", "s.sqlite", "--candidates", "60", "--json")
    let report = try decode(Report.self, outcome.output)
    #expect(report.trials == 60 && report.failed > 10 && report.complete > 10)
    let shown = try workspace.supernet("study", "show", "s.sqlite")
    // One reason, whatever the architecture.
    #expect(
      shown.output.contains("failed, \(report.failed) trials: table.csv has no line for this"))
  }

  @Test func aSpaceThatIsSearchedToTheEndEnds() throws {
    let outcome = try Workspace.ofCells().search("--candidates", "2000", "--strategy", "random")
    #expect(outcome.status == 0 && outcome.output.contains("The strategy finds nothing new."))
    #expect(outcome.output.contains("729 trials: 729 complete"))
  }

  @Test func mistakesAreToldOnOneLine() throws {
    let workspace = try Workspace.ofCells()
    try workspace.write("empty.csv", "")
    try workspace.write("less.csv", CellTable.csv(Array(CellTable.lines.dropLast())))
    try workspace.write("more.yaml", CellTable.space.replacing("cells: 1", with: "cells: 2"))
    try workspace.write("text.csv", "architecture,accuracy\n|none~0|,1\n")
    try workspace.write("junk.sqlite", String(repeating: "no study ", count: 1000))
    #expect(try workspace.search("--study", "done.sqlite", "--candidates", "3").status == 0)
    let table = "--table table.csv"
    for (arguments, message) in [
      ("cells \(table)", "unknown space `cells`; choose from mobilenet-28"),
      (
        "cells.yaml \(table) --strategy guess",
        "no strategy is named \"guess\": choose one of random"
      ),
      ("cells.yaml \(table) --estimator guess", "no estimator is named \"guess\": choose one of"),
      (
        "cells.yaml --estimator tabular",
        "estimator tabular: give the table to look candidates up in"
      ),
      ("cells.yaml --table none.csv", "none.csv: cannot read (No such file or directory)"),
      ("cells.yaml --table empty.csv", "empty.csv:1: a table's first line names its columns"),
      ("cells.yaml --table text.csv", "text.csv:2: "),
      (
        "nasbench201-28 \(table) --study done.sqlite --resume",
        "done.sqlite: is a study of another space (cells); give another file"
      ),
      (
        "cells.yaml \(table) --study done.sqlite",
        "done.sqlite: holds a study already; add --resume"
      ),
      (
        "cells.yaml --estimator ridge \(table) --study done.sqlite --resume",
        "done.sqlite: holds trials judged with the estimator tabular, not ridge"
      ),
      ("cells.yaml \(table) --study junk.sqlite --resume", "junk.sqlite: is no study"),
      ("cells.yaml \(table) --study no/s.sqlite", "no/s.sqlite: cannot open or write"),
      (
        "cells.yaml \(table) --study x.sqlite --objective top2",
        "no metric is named \"top2\": there are top1, accuracy, multiply-adds, parameters, peak-bytes, file-bytes, latency.DEVICE"
      ),
      ("cells.yaml \(table) --study x.sqlite --limit top2=1", "no metric is named \"top2\""),
      (
        "cells.yaml \(table) --study x.sqlite --strategy bohb",
        "strategy bohb: spends little on many candidates, and the estimator tabular knows no part"
      ),
      (
        "cells.yaml --table less.csv --study done.sqlite --resume",
        "done.sqlite: holds trials judged with table "
      ),
      (
        "more.yaml \(table) --study done.sqlite --resume",
        "done.sqlite: is a study of another space (another cells)"
      ),
      (
        "cells.yaml \(table) --seed 9223372036854775807",
        "--seed 9223372036854775807: give a number"
      ),
      ("cells.yaml \(table) --learning-rate inf", "--learning-rate inf: give a number from"),
      ("cells.yaml \(table) --objective top1=up", "--objective top1=up: give METRIC, METRIC=max"),
      ("cells.yaml \(table) --limit parameters", "--limit parameters: give METRIC=VALUE"),
      ("cells.yaml \(table) --limit latency.tpu=1", "device \"tpu\": choose auto"),
      ("cells.yaml \(table) --candidates 0", "--candidates 0: give a number from 1 to 1000000"),
      ("cells.yaml \(table) --budgets-ms 1", "--budgets-ms: cells.yaml is no run's folder"),
      ("cells.yaml \(table) --seed -1", "--seed -1: no option takes a negative number"),
    ] {
      let outcome = try workspace.supernet(
        ["search"] + arguments.split(separator: " ").map(String.init))
      expectOneLine(outcome, message)
    }
    #expect(try workspace.study("done.sqlite").trials.count == 3)
    #expect(!workspace.exists("x.sqlite") && !workspace.exists("studies"))
  }

  /// A column that is named like a cost does not stand in for what is counted.
  @Test func costsAreCountedWhateverTheTableSays() throws {
    let workspace = try Workspace.ofCells()
    try workspace.write(
      "costs.csv",
      "architecture,accuracy,parameters,latency.elsewhere\n"
        + CellTable.lines.map { "\($0),1,2" }.joined(separator: "\n"))
    let outcome = try workspace.supernet(
      "search", "cells.yaml", "--table", "costs.csv", "--study", "s.sqlite", "--candidates", "5",
      "--limit", "parameters=1e6", "latency.elsewhere=3")
    #expect(outcome.status == 0, "\(outcome)")
    let trials = try workspace.study("s.sqlite").trials
    #expect(trials.count == 5)
    #expect(trials.allSatisfy { $0.metrics["parameters"] ?? 0 > 100 })
    #expect(trials.allSatisfy { $0.metrics["latency.elsewhere"] == 2 })
  }
}
