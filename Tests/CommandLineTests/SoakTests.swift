import Foundation
import Testing

/// The quick part of `tools/soak`, in processes of their own: here other tests come and go.
@Suite struct SoakTests {
  private struct Device: Decodable { var identifier: String }
  private struct Report: Decodable { var grown: [String] }

  @Test func nothingGrows() throws {
    let workspace = try Workspace()
    let devices = try decode([Device].self, workspace.supernet("devices", "--json").output)
    for device in devices.map(\.identifier) {
      let outcome = try Job(
        Binary.benchmark,
        ["soak", "--device", device, "--json"]
          + ["--steps", "400", "--warm-up-steps", "250"]
          + ["--candidates", "40", "--warm-up-candidates", "20"], in: workspace.folder
      ).wait()
      // Of so short a time the system's own count of memory says little.
      let grown = try decode(Report.self, outcome.output).grown
        .filter { !$0.hasPrefix("resident") }
      #expect(grown.isEmpty, "\(device): \(outcome)")
    }
  }

  @Test func aMistakeIsOneLine() throws {
    for (arguments, part) in [
      (["--steps", "10"], "--steps 10: give more than --warm-up-steps 500"),
      (["--candidates", "4000"], "--candidates 4000: give more"),
    ] {
      let outcome = try Job(
        Binary.benchmark, ["soak"] + arguments, in: FileManager.default.temporaryDirectory
      ).wait()
      #expect(outcome.status == 64)
      expectOneLine(outcome, part)
    }
  }
}
