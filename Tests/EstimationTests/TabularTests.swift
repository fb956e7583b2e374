import Estimation
import Search
import Testing

@Suite struct TabularTests {
  private func space() throws -> SearchSpace {
    try SearchSpace([.init("depth", [1, 2]), .init("kernel", [3, 5])])
  }

  private func table(_ text: String) throws -> TabularEstimator {
    try TabularEstimator(csv: text, file: "cells.csv", of: space())
  }

  @Test func aLineGivesItsMetrics() throws {
    let table = try table(
      """
      architecture,accuracy,seconds
      depth=1 kernel=3,91.5,20
      "kernel=5 depth=2",93,41
      """)
    #expect(table.architectures == [[0, 0], [1, 1]])
    let metrics = try table.metrics(of: [1, 1], fidelity: 1, seed: 0)
    #expect(metrics == ["top1": 93, "accuracy": 93, "seconds": 41])
    #expect(throws: EstimationError("cells.csv has no line for this architecture")) {
      try table.metrics(of: [0, 1], fidelity: 1, seed: 0)
    }
  }

  @Test(arguments: [
    ("", "cells.csv:1: a table's first line names its columns: architecture,accuracy"),
    ("architecture,accuracy\n", "cells.csv:2: the table has no line but its first"),
    (
      "architecture,accuracy\ndepth=1 kernel=3",
      "cells.csv:2: 1 columns where the first line names 2"
    ),
    (
      "architecture,accuracy\ndepth=1 kernel=3,high",
      "cells.csv:2: accuracy is \"high\", which is no number"
    ),
    (
      "architecture,accuracy\n\ndepth=1 kernel=7,9",
      "cells.csv:3: kernel has no option \"7\": choose one of 3, 5"
    ),
    (
      "architecture,accuracy\ndepth=1 kernel=3,9\nkernel=3 depth=1,8",
      "cells.csv:3: kernel=3 depth=1 has a line already; keep one"
    ),
  ])
  func aBadTableIsToldByItsLine(_ text: String, _ problem: String) {
    let error = #expect(throws: (any Error).self) { try table(text) }
    #expect(error.map { "\($0)" } == problem)
  }
}
