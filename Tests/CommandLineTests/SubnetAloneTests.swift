import Foundation
import Testing

/// One subnet trained by itself: what weights inherited from a supernet are held against.
@Suite struct SubnetAloneTests {
  private func workspace(_ options: String = "") throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write("run.yaml", TinyRun.yaml(epochs: 3) + options)
    return workspace
  }

  /// Beside the supernet's run: judged by itself after each epoch, and handed over like any other.
  @Test func trainsBesideTheSupernet() throws {
    let workspace = try workspace()
    let outcome = try workspace.supernet(
      "train", "run.yaml", "--threads", "1", "--architecture", "smallest")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("one of its subnets alone, resolution=12 "), "\(outcome)")
    #expect(outcome.output.contains("The subnet is in runs/tiny-alone/"), "\(outcome)")
    let rows = try workspace.text("runs/tiny-alone/training.csv").split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let last = try #require(rows.last)
    for (column, isTold) in [
      ("loss_random", true), ("loss_largest", false), ("top1_random1", true),
      ("top1_random2", false), ("top1_largest", false),
    ] {
      let index = try #require(rows.first?.firstIndex { $0 == column })
      #expect(last[index].isEmpty == !isTold, "\(column)")
    }
    let judged = try workspace.supernet(
      "evaluate", "runs/tiny-alone", "--architecture", "smallest", "--json")
    #expect(judged.status == 0, "\(judged)")
    #expect(try decode(Evaluation.self, judged.output).top1 > 0.2)
    #expect(try workspace.supernet("report", "runs/tiny-alone").status == 0)
    let report = try workspace.text("runs/tiny-alone/report.html")
    #expect(report.contains("trained alone") && !report.contains(">Pareto fronts</h2>"))
    expectOneLine(
      try workspace.supernet("train", "run.yaml", "--resume", "--architecture", "largest"),
      "runs/tiny-alone: was trained with another `architecture`")
  }

  @Test func hasNothingToSearch() throws {
    let trained = try workspace("architecture: largest\n")
    #expect(try trained.supernet("train", "run.yaml", "--threads", "1").status == 0)
    expectOneLine(
      try trained.supernet("search", "runs/tiny"),
      "runs/tiny: is the training of one subnet, with nothing to search")
    let asked = try workspace("architecture: largest\n")
    expectOneLine(
      try asked.supernet("run", "run.yaml"),
      "runs/tiny: is the training of one subnet, with nothing to search")
    #expect(!asked.exists("runs/tiny"))
  }

  @Test func wrongNamesAreRefused() throws {
    let inFile = try workspace("architecture: biggest\n")
    expectOneLine(try inFile.supernet("train", "run.yaml"), "run.yaml:8: architecture: ")
    let given = try workspace()
    expectOneLine(
      try given.supernet("train", "run.yaml", "--architecture", "biggest"), "--architecture: ")
    #expect(!given.exists("runs"))
  }
}
