import Foundation
import Testing

@Suite struct CompareTests {
  struct Row: Decodable {
    struct Point: Decodable {
      var evaluations: Int
      var mean: Double
      var deviation: Double
    }

    var strategy: String
    var seeds: Int
    var points: [Point]
  }

  private func compare(_ workspace: Workspace, _ arguments: String...) throws -> Outcome {
    try workspace.supernet(
      [
        "compare", "cells.yaml", "--table", "table.csv", "--strategies", "random", "evolution",
        "--candidates", "60", "--folder", "out",
      ] + arguments)
  }

  @Test func drawsAndGoesOn() throws {
    let workspace = try Workspace.ofCells()
    let first = try compare(workspace, "--seeds", "2", "--json")
    let rows = try decode([Row].self, first.output)
    #expect(rows.map(\.strategy) == ["random", "evolution"] && rows.allSatisfy { $0.seeds == 2 })
    for row in rows {
      #expect(row.points.map(\.evaluations) == [10, 20, 40, 60])
      #expect(zip(row.points, row.points.dropFirst()).allSatisfy { $0.mean <= $1.mean })
      #expect(row.points.allSatisfy { (80...90.5).contains($0.mean) })
    }
    let svg = try workspace.text("out/comparison.svg")
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    for part in ["random", "evolution", "evaluations", "seconds", "best top1", "polygon"] {
      #expect(svg.contains(part), "\(part)")
    }
    expectOneLine(try compare(workspace), "out: holds a comparison already; add --resume")

    let before = try workspace.study("out/studies/random-1.sqlite").trials
    let more = try compare(workspace, "--seeds", "3", "--resume")
    #expect(more.status == 0 && more.output.contains("Drawn in out/comparison.svg"), "\(more)")
    #expect(try workspace.study("out/studies/random-3.sqlite").trials.count == 60)
    #expect(before.count == 60)
    #expect(try workspace.study("out/studies/random-1.sqlite").trials == before)
    let csv = try workspace.text("out/comparison.csv").split(separator: "\n")
    #expect(csv.count == 1 + 2 * 60 && csv.last?.hasPrefix("evolution,3,60,") == true)
  }

  /// A picture of what there was before is none of what there is.
  @Test func nothingToDrawLeavesNoPicture() throws {
    let workspace = try Workspace.ofCells()
    #expect(try compare(workspace, "--seeds", "1").status == 0)
    #expect(workspace.exists("out/comparison.svg"))
    let none = try compare(workspace, "--seeds", "1", "--resume", "--limit", "parameters=1")
    #expect(none.status == 0 && none.output.contains("Nothing to draw"), "\(none)")
    #expect(!workspace.exists("out/comparison.svg"))
  }

  /// Processes that share a comparison each end with all of it.
  @Test func processesShareTheSearches() throws {
    let workspace = try Workspace.ofCells()
    let arguments = [
      "compare", "cells.yaml", "--table", "table.csv", "--strategies", "random", "evolution",
      "--candidates", "200", "--seeds", "4", "--folder", "out", "--resume", "--json",
    ]
    let outcomes = try (0..<3).map { _ in try workspace.start(arguments) }.map { try $0.wait() }
    for outcome in outcomes {
      #expect(outcome.status == 0, "\(outcome)")
      let rows = try decode([Row].self, outcome.output)
      #expect(rows.map(\.seeds) == [4, 4])
      #expect(rows.allSatisfy { $0.points.last?.evaluations == 200 })
    }
    for seed in 1...4 {
      for strategy in ["random", "evolution"] {
        let trials = try workspace.study("out/studies/\(strategy)-\(seed).sqlite").trials
        #expect(trials.count == 200 && trials.allSatisfy { $0.state == "complete" })
      }
    }
    #expect(!workspace.files(below: "out").contains { $0.hasSuffix("-workers") })
  }

  /// Strategies that spend a part of the effort are not judged for the price of a part.
  @Test func strategiesOfLowFidelityNeedAnEstimatorThatHasThem() throws {
    let workspace = try Workspace.ofCells()
    let outcome = try workspace.supernet(
      "compare", "cells.yaml", "--table", "table.csv", "--candidates", "2", "--seeds", "1")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("Left out: successive-halving, hyperband, bohb spend a part"))
    #expect(!workspace.exists("comparison/studies/bohb-1.sqlite"))
  }

  @Test func mistakesAreToldOnOneLine() throws {
    let workspace = try Workspace.ofCells()
    for (arguments, message) in [
      (["--seeds", "0"], "--seeds 0: give a number from 1 to 10000"),
      (["--strategies", "guess"], "no strategy is named \"guess\""),
      (["--json", "--csv"], "--json, --csv: give one of them"),
      (["--folder", "table.csv"], "table.csv/studies: cannot be made: Not a directory"),
    ] {
      expectOneLine(
        try workspace.supernet(["compare", "cells.yaml", "--table", "table.csv"] + arguments),
        message)
    }
  }
}
