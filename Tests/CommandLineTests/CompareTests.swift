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

    let before = try workspace.data("out/studies/random-1.sqlite")
    let more = try compare(workspace, "--seeds", "3", "--resume")
    #expect(more.status == 0 && more.output.contains("Drawn in out/comparison.svg"), "\(more)")
    #expect(try workspace.study("out/studies/random-3.sqlite").trials.count == 60)
    #expect(try workspace.study("out/studies/random-1.sqlite").trials.count == 60)
    #expect(try workspace.data("out/studies/random-1.sqlite").count == before.count)
    let csv = try workspace.text("out/comparison.csv").split(separator: "\n")
    #expect(csv.count == 1 + 2 * 60 && csv.last?.hasPrefix("evolution,3,60,") == true)
  }

  @Test func mistakesAreToldOnOneLine() throws {
    let workspace = try Workspace.ofCells()
    for (arguments, message) in [
      (["--seeds", "0"], "--seeds 0: give 1 or more"),
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
