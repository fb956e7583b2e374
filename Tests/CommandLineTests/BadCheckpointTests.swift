import Foundation
import Testing

/// Resuming with anything that is not the run that stopped.
@Suite struct BadCheckpointTests {
  private static let checkpoint = "runs/tiny/checkpoint.safetensors"
  private static let damages: [(message: String, change: @Sendable (inout Data) -> Void)] = [
    ("it has 0 bytes and no header", { $0 = Data() }),
    ("not a valid safetensors file", { $0 = Data("not a checkpoint at all".utf8) }),
    ("not a valid safetensors file", { $0.removeLast(1) }),
    ("not a valid safetensors file", { $0.removeLast($0.count / 2) }),
    ("does not match its checksum", { $0[$0.count / 2] ^= 1 }),
    ("does not match its checksum", { $0[$0.count - 1] ^= 128 }),
    ("does not match its checksum", { $0.replace("\"step\":\"18\"", with: "\"step\":\"17\"") }),
  ]

  @Test func damageIsTold() throws {
    let workspace = try TrainedRun.copy()
    let good = try workspace.data(Self.checkpoint)
    for (message, change) in Self.damages {
      try workspace.write(Self.checkpoint, good)
      try workspace.edit(Self.checkpoint, change)
      let bad = try workspace.data(Self.checkpoint)
      #expect(bad != good)
      let message = message.replacing("does not", with: "do not")
      for command in [
        ["train", "run.yaml", "--resume"], ["evaluate", "runs/tiny", "--architecture", "largest"],
        ["search", "runs/tiny"],
        ["export", "runs/tiny", "--architecture", "largest", "-o", "x.safetensors"],
      ] {
        expectOneLine(try workspace.supernet(command), message)
      }
      #expect(try workspace.data(Self.checkpoint) == bad)
      #expect(!workspace.exists("x.safetensors") && workspace.exists("runs/tiny/study.sqlite"))
    }
  }

  @Test func anotherKindOfFileIsTold() throws {
    let workspace = try TrainedRun.copy()
    let summary = try decode(Summary.self, try workspace.text("runs/tiny/summary.json"))
    let weights = try #require(summary.subnets.first?.weights)
    try workspace.write(Self.checkpoint, try workspace.data("runs/tiny/\(weights)"))
    expectOneLine(
      try workspace.supernet("train", "run.yaml", "--resume"), "not a supernet checkpoint")
  }

  /// A refused resumption leaves the folder as it was, so the right one still works.
  @Test(
    arguments: [
      ("is a checkpoint of another space", "stride: 2, activation: relu", "stride: 1", 1, 1),
      ("epochs 1 there, 2 here", "", "", 2, 1),
      ("was trained on idx, 150 of 200 images", "", "", 1, 2),
    ] as [(String, String, String, Int, UInt64)])
  func anotherRunIsRefused(
    _ message: String, _ old: String, _ new: String, _ epochs: Int, _ seed: UInt64
  ) throws {
    let workspace = try TrainedRun.copy()
    let files = ["config.yaml", "space.yaml", "checkpoint.safetensors", "study.sqlite"]
    let before = try files.map { try workspace.data("runs/tiny/\($0)") }
    try workspace.write("space.yaml", TinyRun.space.replacing(old, with: new))
    try workspace.write("run.yaml", TinyRun.yaml(epochs: epochs))
    try TinyImages.write(to: workspace.url("images"), seed: seed)
    expectOneLine(try workspace.supernet("run", "run.yaml", "--resume"), message)
    #expect(try files.map { try workspace.data("runs/tiny/\($0)") } == before)
    // Nor is it judged on images that it does not know.
    if seed != 1 {
      let outcome = try workspace.supernet("evaluate", "runs/tiny", "--architecture", "largest")
      expectOneLine(outcome, message)
    }
  }

  @Test(arguments: ["{", String(repeating: "study", count: 2000)])
  func aDamagedStudyIsTold(_ text: String) throws {
    let workspace = try TrainedRun.copy()
    try workspace.write("runs/tiny/study.sqlite", text)
    let outcome = try workspace.supernet("search", "runs/tiny", "--resume")
    expectOneLine(outcome, "runs/tiny/study.sqlite: is no study (not an SQLite file)")
    #expect(try workspace.text("runs/tiny/study.sqlite") == text)
    #expect(workspace.exists("runs/tiny/summary.json"))
  }
}

extension Data {
  fileprivate mutating func replace(_ old: String, with new: String) {
    guard let range = range(of: Data(old.utf8)) else { return }
    replaceSubrange(range, with: Data(new.utf8))
  }
}
