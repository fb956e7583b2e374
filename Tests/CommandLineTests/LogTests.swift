import Foundation
import Testing

@Suite struct LogTests {
  /// Each line that is printed or kept is an object; epochs and steps are told as numbers too.
  @Test func asJSONEachLineIsAnObject() throws {
    let workspace = try Workspace()
    try workspace.write("run.yaml", TinyRun.yaml(epochs: 2))
    let outcome = try workspace.supernet(
      "train", "run.yaml", "--threads", "1", "--log-format", "json")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    #expect(!workspace.exists("runs/tiny/log.txt"))
    let printed = try objects(outcome.output)
    let kept = try objects(try workspace.text("runs/tiny/log.jsonl"))
    for lines in [printed, kept] {
      for line in lines {
        #expect(line["time"] is String && line["level"] as? String == "info")
        #expect((line["message"] as? String)?.isEmpty == false)
      }
      let epochs = lines.filter { $0["seconds_left"] != nil }
      #expect(epochs.compactMap { $0["epoch"] as? Double } == [1, 2])
      for epoch in epochs {
        for key in ["step", "steps", "loss_largest", "loss_smallest", "images_per_second"] {
          #expect((epoch[key] as? Double).map { $0 > 0 } == true, "\(key)")
        }
      }
    }
    #expect(kept.contains { $0["step"] as? Double == 1 && $0["seconds_left"] == nil })
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func asTextEpochsTellTheirRateAndTheTimeLeft() throws {
    let workspace = try Workspace()
    try workspace.write("run.yaml", TinyRun.yaml(epochs: 2))
    let outcome = try workspace.supernet("train", "run.yaml", "--threads", "1")
    let epochs = outcome.output.split(separator: "\n").filter { $0.hasPrefix("Epoch ") }
    try #require(epochs.count == 2)
    let told = /\(\d+ s, \d+ images\/s, [\d.]+ % waiting for images(, \d+ s left)?\)$/
    #expect(try told.firstMatch(in: epochs[0])?.1 != nil, "\(epochs[0])")
    #expect(try told.firstMatch(in: epochs[1]).map { $0.1 == nil } == true, "\(epochs[1])")
    expectOneLine(
      try workspace.supernet("train", "run.yaml", "--resume", "--log-format", "xml"),
      "see `supernet train --help`")
  }
}
