import Foundation
import Laws
import Testing

@Suite struct EstimationCommandTests {
  private static let cells = """
    name: cells
    kind: cell
    input: {channels: 1, resolution: 8}
    classes: 10
    cell: nasbench201
    skeleton: {width: 4, cells: 1, reductions: 1}

    """

  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write("cells.yaml", Self.cells)
    return workspace
  }

  private let common = [
    "cells.yaml", "--dataset", "idx", "--data", "images", "--device", "cpu",
    "--threads", "1", "--images", "96", "--batch", "16", "--epochs", "2",
  ]

  struct Search: Decodable {
    var seed: Int
    var architecture: String
    var epochs: Int
    var isInterrupted: Bool
    var metrics: [String: Double]
  }

  @Test func relaxEndsOnACellOfTheTable() throws {
    let workspace = try workspace()
    // Any cell without `none` may be the end: a table of all of them.
    let operations = ["skip_connect", "avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3"]
    var edges = [[String]()]
    for _ in 0..<6 { edges = edges.flatMap { head in operations.map { head + [$0] } } }
    let rows = edges.map {
      "|\($0[0])~0|+|\($0[1])~0|\($0[2])~1|+|\($0[3])~0|\($0[4])~1|\($0[5])~2|,90.5"
    }
    try workspace.write("table.csv", "architecture,accuracy\n" + rows.joined(separator: "\n"))
    let outcome = try workspace.supernet(
      ["relax"] + common
        + [
          "--method", "gdas", "--warmup", "0", "--seeds", "1", "2", "--table", "table.csv",
          "--json",
        ])
    let searches = try decode([Search].self, outcome.output)
    #expect(searches.map(\.seed) == [1, 2])
    #expect(
      searches.allSatisfy { $0.epochs == 2 && !$0.isInterrupted && $0.metrics["top1"] == 90.5 })
    // A table without the cell that it ends on loses nothing of the search.
    try workspace.write("less.csv", "architecture,accuracy\n" + rows[0])
    let less = try workspace.supernet(
      ["relax"] + common + ["--method", "gdas", "--warmup", "0", "--table", "less.csv"])
    #expect(less.status == 0 && less.output.contains(": not in the table"), "\(less)")
  }

  @Test func anInterruptedRelaxationTellsWhatItHas() throws {
    let workspace = try workspace()
    let job = try workspace.start(
      ["relax"] + common + [
        "--epochs", "100000", "--warmup", "0", "--skip-limit", "0", "--seeds", "1", "2",
      ])
    while try job.process.isRunning && !job.outputSoFar().contains("epoch 1:") {
      Thread.sleep(forTimeInterval: 0.05)
    }
    job.process.interrupt()
    let outcome = try job.wait()
    #expect(!outcome.isSignal && outcome.status == 130, "\(outcome)")
    let last = try #require(outcome.output.split(separator: "\n").last)
    #expect(last.hasPrefix("seed 1: |") && last.contains(", interrupted after epoch "), "\(last)")
  }

  struct Comparison: Decodable {
    var estimator: String
    var tau: Double?
    var secondsEach: Double
  }

  @Test func aComparisonGoesOnFromItsFolder() throws {
    let workspace = try workspace()
    let arguments =
      ["compare-estimators"] + common + ["--candidates", "4", "--folder", "out", "--json"]
    let first = try workspace.supernet(arguments + ["--estimators", "synflow"])
    #expect(
      try decode([Comparison].self, first.output).map(\.estimator) == ["full-training", "synflow"])
    let before = try ["full-training", "synflow"].map { try workspace.study("out/\($0).sqlite") }
    #expect(before.allSatisfy { $0.trials.count == 4 })
    expectOneLine(try workspace.supernet(arguments), "out: is there already; add --resume")
    let second = try workspace.supernet(
      arguments + ["--resume", "--estimators", "synflow", "ridge"])
    let rows = try decode([Comparison].self, second.output)
    #expect(rows.map(\.estimator) == ["full-training", "synflow", "ridge"])
    #expect(rows[0].tau == 1 && rows.allSatisfy { (-1...1).contains($0.tau ?? 2) })
    // Nothing was judged again, and other settings do not mix with these.
    let after = try ["full-training", "synflow"].map { try workspace.study("out/\($0).sqlite") }
    #expect(before.map(\.trials) == after.map(\.trials))
    expectOneLine(
      try workspace.supernet(arguments + ["--resume", "--epochs", "3"]),
      "out/full-training.sqlite: holds trials judged with epochs 2, not 3")
  }

  /// What a kind of space does not allow is known before anything is trained.
  @Test func whatASpaceDoesNotAllowIsLeftOut() throws {
    let workspace = try workspace()
    try workspace.write("chain.yaml", TinySpaces.recurrent.yaml)
    let arguments =
      ["compare-estimators", "chain.yaml"] + common.dropFirst()
      + ["--candidates", "4", "--supernet-epochs", "1"]
    expectOneLine(
      try workspace.supernet(arguments + ["--estimators", "fewer-cells"]),
      "cannot be made smaller; its fidelities are fewer-epochs and fewer-images")
    #expect(!workspace.exists("estimators"))
    let all = try workspace.supernet(arguments)
    #expect(all.status == 0, "\(all)")
    #expect(all.output.contains("Left out: fewer-cells: "))
    #expect(all.output.contains("one-shot") && all.output.contains("boosted-trees"))
  }

  @Test func whatCannotBeIsOneLine() throws {
    let workspace = try workspace()
    expectOneLine(
      try workspace.supernet("relax", "mobilenet-28"), "has no cells to relax")
    expectOneLine(
      try workspace.supernet("relax", "--method", "guess"), "no relaxation is named \"guess\"")
    expectOneLine(
      try workspace.supernet(["compare-estimators"] + common + ["--estimators", "oracle"]),
      "no estimator is named \"oracle\"")
    try workspace.write("table.csv", "architecture,accuracy\n|skip~0|,9\n")
    expectOneLine(
      try workspace.supernet(["relax"] + common + ["--table", "table.csv"]), "table.csv:2: ")
    expectOneLine(
      try workspace.supernet("compare-estimators", "--sampling", "all"), "--sampling all: choose")
    try workspace.write(
      "three.yaml", Self.cells + "operations: [nor_conv_3x3]\n")
    expectOneLine(
      try workspace.supernet(["compare-estimators", "three.yaml"] + common.dropFirst()),
      "space cells: has 1 different networks, too few to rank")
    expectOneLine(
      try workspace.supernet(["relax"] + common + ["--seeds", "9223372036854775807"]),
      "--seeds 9223372036854775807: give a number from 0 to")
    expectOneLine(
      try workspace.supernet(["relax"] + common + ["--supernet-epochs", "3"]),
      "Unknown option '--supernet-epochs'")
  }
}
