import Foundation
import Testing

@Suite struct StudyCommandTests {
  private func workspace() throws -> Workspace {
    let workspace = try Workspace.ofCells()
    for (study, strategy) in [("a.sqlite", "random"), ("below/b.sqlite", "evolution")] {
      try FileManager.default.createDirectory(
        at: workspace.url("below"), withIntermediateDirectories: true)
      let outcome = try workspace.search(
        "--study", study, "--candidates", "12", "--strategy", strategy)
      #expect(outcome.status == 0, "\(outcome)")
    }
    return workspace
  }

  @Test func listsWhatIsInFolders() throws {
    let workspace = try workspace()
    try workspace.write("below/other.sqlite", "of another program")
    try FileManager.default.createSymbolicLink(
      at: workspace.url("below/around"), withDestinationURL: workspace.folder)
    let list = try workspace.supernet("study", "list")
    #expect(list.status == 0 && list.errors.isEmpty, "\(list)")
    let lines = list.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.map(\.first) == ["study", "a.sqlite", "below/b.sqlite"])
    #expect(lines.dropFirst().allSatisfy { $0[1] == "cells" && $0[2] == "12" })
    let below = try workspace.supernet("study", "list", "below", "--json")
    #expect(below.output.contains(#""file" : "below/b.sqlite""#))
    #expect(try Workspace().supernet("study", "list").output == "No study in ..\n")
  }

  @Test func showsTheBest() throws {
    let workspace = try workspace()
    let shown = try workspace.supernet("study", "show", "a.sqlite", "--best", "2")
    #expect(shown.output.contains("12 trials: 12 complete, 0 failed, 0 pending"), "\(shown)")
    #expect(shown.output.contains("strategy random; estimator tabular"))
    let rows = shown.output.split(separator: "\n").suffix(2)
    #expect(rows.allSatisfy { $0.contains("~0|+|") }, "architectures as the space writes them")
  }

  /// A table that is exported judges as the one it came from.
  @Test func exportsAreReadAgain() throws {
    let workspace = try workspace()
    let csv = try workspace.supernet("study", "export", "a.sqlite").output
    #expect(csv.split(separator: "\n").count == 13)
    #expect(csv.hasPrefix("number,state,reason,source,estimator,fidelity,seed,device,seconds,"))
    #expect(
      try workspace.supernet(
        "study", "export", "a.sqlite", "--format", "table", "-o", "part.csv"
      ).status == 0)
    let again = try workspace.supernet(
      "search", "cells.yaml", "--table", "part.csv", "--study", "c.sqlite", "--candidates", "12",
      "--strategy", "random")
    #expect(again.status == 0, "\(again)")
    let trials = try workspace.study("a.sqlite").trials
    #expect(try workspace.study("c.sqlite").trials.map(\.metrics) == trials.map(\.metrics))
  }

  @Test func mistakesAreToldOnOneLine() throws {
    let workspace = try workspace()
    try workspace.write("junk.sqlite", String(repeating: "no study ", count: 1000))
    for (arguments, message) in [
      ("show none.sqlite", "none.sqlite: cannot read (No such file or directory); check the path"),
      (
        "show junk.sqlite",
        "junk.sqlite: is no study (not an SQLite file); give the file of a study"
      ),
      ("list junk.sqlite", "junk.sqlite: is no study"),
      ("list nowhere", "nowhere: there is no such"),
      ("export a.sqlite --format xml", "The value 'xml' is invalid"),
      ("export a.sqlite -o no/a.csv", "no/a.csv: cannot write"),
      ("show a.sqlite --best -1", "--best -1: no option takes a negative number"),
    ] {
      let outcome = try workspace.supernet(
        ["study"] + arguments.split(separator: " ").map(String.init))
      expectOneLine(outcome, message)
    }
  }
}
