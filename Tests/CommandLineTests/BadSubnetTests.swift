import Foundation
import Testing

/// Exported subnets whose two files are damaged or do not belong together.
@Suite struct BadSubnetTests {
  private static let cases: [(message: String, damage: @Sendable (Workspace) throws -> Void)] = [
    ("x.json: cannot read", { try $0.remove("x.json") }),
    ("x.safetensors: cannot read", { try $0.remove("x.safetensors") }),
    ("x.safetensors: not a valid", { try $0.edit("x.safetensors") { $0.removeLast(500) } }),
    (
      "x.safetensors: the file is damaged",
      { try $0.edit("x.safetensors") { $0[$0.count - 3] ^= 4 } }
    ),
    ("not JSON", { try $0.edit("x.json") { $0.removeLast(200) } }),
    ("x.json:1: `format` is missing", { try $0.write("x.json", "{}") }),
    ("not a subnet's description", { try $0.edit("supernet-subnet-1", to: "something") }),
    ("is outside 1e-06", { try $0.edit("\"std\" : [\n      ", to: "\"std\" : [ 0, ") }),
    ("unknown key `stem2`", { try $0.edit("\"stem\"", to: "\"stem2\"") }),
    (
      "classes: expected a whole number",
      { try $0.edit("\"classes\" : 10", to: "\"classes\" : []") }
    ),
    ("x.safetensors: tensor ", { try $0.edit("\"classes\" : 10", to: "\"classes\" : 11") }),
    ("`mean` needs 3 numbers", { try $0.edit("\"channels\" : 1", to: "\"channels\" : 3") }),
  ]

  @Test func areToldOnOneLine() throws {
    let workspace = try TrainedRun.copy()
    let exported = try workspace.supernet(
      "export", "runs/tiny", "--architecture", "largest", "-o", "x.safetensors")
    #expect(exported.status == 0, "\(exported)")
    let weights = try workspace.data("x.safetensors")
    let description = try workspace.data("x.json")
    for (message, damage) in Self.cases {
      try workspace.write("x.safetensors", weights)
      try workspace.write("x.json", description)
      try damage(workspace)
      let evaluated = try workspace.supernet(
        "evaluate", "x.safetensors", "--dataset", "idx", "--data", "images", "--device", "cpu")
      expectOneLine(evaluated, message)
      expectOneLine(try workspace.supernet("time", "x.safetensors", "--devices", "cpu"), message)
    }
  }

  @Test func imagesOfOtherChannelsAreTold() throws {
    let workspace = try TrainedRun.finished().workspace
    let summary = try decode(Summary.self, try workspace.text("runs/tiny/summary.json"))
    let weights = try #require(summary.subnets.first?.weights)
    let outcome = try workspace.supernet(
      "evaluate", "runs/tiny/\(weights)", "--dataset", "idx", "--device", "cpu")
    expectOneLine(outcome, "no folder was given")
  }
}

extension Workspace {
  /// Replaces a text in the description `x.json`.
  fileprivate func edit(_ old: String, to new: String) throws {
    let text = try text("x.json")
    try #require(text.contains(old), "\(old) is not in\n\(text)")
    try write("x.json", text.replacing(old, with: new))
  }
}
