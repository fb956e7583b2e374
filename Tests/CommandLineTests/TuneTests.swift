import Foundation
import Testing

@Suite struct TuneTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private var environment: [String: String] {
    ["XDG_CACHE_HOME": workspace.url("cache").path, "OCL_ICD_VENDORS": "/nonexistent"]
  }

  private func tune(_ budget: String) throws -> Outcome {
    try workspace.supernet(
      "tune", "--device", "cpu", "--threads", "1", "--space", "space.yaml", "--budget", budget,
      environment: environment)
  }

  /// The one file there, as JSON.
  private func file() throws -> (name: String, contents: [String: Any]) {
    let names = workspace.files(below: "cache/supernet/tuning")
    #expect(names.count == 1 && names[0].hasSuffix(".json"), "\(names)")
    let name = "cache/supernet/tuning/\(names[0])"
    let contents = try JSONSerialization.jsonObject(with: try workspace.data(name))
    return (name, try #require(contents as? [String: Any]))
  }

  /// Tunes, and gives the file a choice of ours: which ones win depends on the machine.
  private func tuned() throws -> String {
    #expect(try tune("1").status == 0)
    var (name, contents) = try file()
    contents["choices"] = [
      [
        "work": [
          "operation": "convolution", "rows": 64, "columns": 8, "depth": 8, "kernel": 1,
          "stride": 1,
        ], "settings": ["block-rows": 16], "default_milliseconds": 2, "milliseconds": 1,
      ] as [String: Any]
    ]
    contents["build"] = [String: Any]()
    try workspace.write(name, try JSONSerialization.data(withJSONObject: contents))
    return name
  }

  @Test func writesAFileAndSaysWhatItFound() throws {
    let outcome = try tune("2")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.output.hasPrefix("Tuning cpu: "))
    for part in [
      "share", "default", "best", "convolution", " in \(environment["XDG_CACHE_HOME"] ?? "")",
    ] {
      #expect(outcome.output.contains(part), "\(part)")
    }
    let contents = try file().contents
    #expect(contents["format"] as? Int == 1)
    #expect((contents["device"] as? [String: Any])?["platform"] as? String == "native")
  }

  @Test func laterCommandsUseIt() throws {
    let name = try tuned()
    let line = "cpu: tuned: 1 choice from \(workspace.url(name).path)"
    let arguments = ["train", "run.yaml", "--threads", "1", "--name"]
    let first = try workspace.start(arguments + ["a"], environment: environment).wait()
    #expect(first.status == 0 && first.output.contains(line), "\(first)")
    let log = try workspace.text("runs/a/log.txt")
    #expect(log.contains(line))
    #expect(log.contains("tuned: convolution 1x1, rows 64, columns 8, depth 8: block-rows 16"))
    let plain = try workspace.start(
      arguments + ["b", "--no-tuning"], environment: environment
    ).wait()
    #expect(plain.status == 0 && !plain.output.contains("tuned"), "\(plain)")
    // The same work in other portions.
    let losses = try ["a", "b"].map { name in
      try workspace.text("runs/\(name)/log.txt").split(separator: "\n")
        .compactMap { $0.split(separator: "Epoch 1 of 1: ").last.map { $0.prefix(12) } }.last
    }
    #expect(losses[0] != nil && losses[0] == losses[1])
  }

  @Test func aBadFileIsOneLineAndNoMore() throws {
    let name = try tuned()
    try workspace.edit(name) { $0 = $0.prefix($0.count / 2) }
    let outcome = try workspace.supernet(
      "train", "run.yaml", "--threads", "1", environment: environment)
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let told = outcome.output.split(separator: "\n").filter { $0.hasPrefix("Tuning: ") }
    #expect(told.count == 1 && told[0].contains("not JSON of a tuning"), "\(outcome)")
  }

  @Test func interruptionKeepsWhatWasFound() throws {
    let job = try workspace.start(
      [
        "tune", "--device", "cpu", "--threads", "1", "--space", "mobilenet-224", "--batch", "8",
        "--budget", "600",
      ], environment: environment)
    Thread.sleep(forTimeInterval: 3)
    Foundation.kill(job.process.processIdentifier, SIGINT)
    let outcome = try job.wait()
    #expect(!outcome.isSignal && outcome.status == 130, "\(outcome)")
    #expect(outcome.output.contains(" in \(workspace.url("cache").path)"))
    _ = try file()
  }

  @Test(arguments: ["0", "-1", "nan", "1e9"]) func badBudgetsAreOneLine(_ budget: String) throws {
    expectOneLine(try tune(budget), "--budget")
  }
}
