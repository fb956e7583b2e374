import Foundation
import Testing

/// A run that is killed at any moment goes on as if it had not been.
@Suite struct ResumeTests {
  private static let checkpoint = "runs/tiny/checkpoint.safetensors"

  /// The rows of a training's curve, but for how fast it went.
  private static func curve(_ workspace: Workspace) throws -> [[Substring]] {
    try workspace.text("runs/tiny/training.csv").split(separator: "\n").map { line in
      var fields = line.split(separator: ",", omittingEmptySubsequences: false)
      fields.remove(at: 3)
      return fields
    }
  }

  /// What an undisturbed training of those many epochs ends with.
  private func undisturbed(epochs: Int) throws -> (checkpoint: Data, curve: [[Substring]]) {
    let workspace = try Workspace()
    try workspace.write("run.yaml", TinyRun.yaml(epochs: epochs))
    let outcome = try workspace.supernet("train", "run.yaml", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome)")
    return (try workspace.data(Self.checkpoint), try Self.curve(workspace))
  }

  @Test func trainingEndsWithTheSameBytes() throws {
    let epochs = 80
    let workspace = try Workspace()
    try workspace.write("run.yaml", TinyRun.yaml(epochs: epochs))
    var (kills, resumed) = (0, 0)
    while true {
      let job = try workspace.start([
        "train", "run.yaml", "--threads", "1", "--resume", "--checkpoint-seconds", "0.2",
      ])
      if kills < 4 {
        Thread.sleep(forTimeInterval: .random(in: 0.1..<0.9))
        job.kill()
      }
      let outcome = try job.wait()
      if outcome.output.contains("Resuming at step") { resumed += 1 }
      guard outcome.isSignal else {
        #expect(outcome.status == 0, "\(outcome)")
        break
      }
      #expect(outcome.status == SIGKILL && outcome.errors.isEmpty, "\(outcome)")
      kills += 1
    }
    print("training was killed \(kills) times, and resumed \(resumed) times")
    #expect(kills > 0)
    let whole = try undisturbed(epochs: epochs)
    #expect(try workspace.data(Self.checkpoint) == whole.checkpoint)
    #expect(try Self.curve(workspace) == whole.curve)
    try expectCurve(workspace)
    #expect(!workspace.files(below: "runs").contains { $0.hasSuffix(".tmp") })
  }

  /// Killed, or ended by Ctrl-C.
  @Test(arguments: [SIGKILL, SIGINT])
  func aSearchGoesOnWithWhatItJudged(_ signal: Int32) throws {
    let workspace = try Workspace()
    try workspace.write("run.yaml", TinyRun.yaml(candidates: 60))
    let study = "runs/tiny/study.sqlite"
    let job = try workspace.start(["run", "run.yaml", "--threads", "1"])
    // Until it has judged something, but not all.
    while job.process.isRunning {
      Thread.sleep(forTimeInterval: 0.002)
      guard workspace.exists(study) else { continue }
      let shown = try workspace.supernet("study", "export", study)
      if shown.output.contains(",complete,") { break }
    }
    kill(job.process.processIdentifier, signal)
    let stopped = try job.wait()
    #expect(stopped.isSignal == (signal == SIGKILL))
    if signal == SIGINT { expectOneLine(stopped, "interrupted; the same command with --resume") }
    let before = try workspace.study(study)
    #expect(before.trials.contains { $0.state == "complete" } && before.trials.count < 60)
    let trained = try workspace.data(Self.checkpoint)
    print("the search was killed with \(before.trials.count) of 60 subnets judged")

    let outcome = try workspace.supernet("run", "run.yaml", "--threads", "1", "--resume")
    #expect(outcome.status == 0, "\(outcome)")
    let after = try workspace.study(study)
    for trial in before.judged where trial.state == "complete" {
      #expect(after.judged[trial.number] == trial)
    }
    #expect(after.trials.count == 60)
    #expect(try workspace.data(Self.checkpoint) == trained)
    #expect(workspace.exists("runs/tiny/summary.json"))
  }

  @Test func aFinishedRunFindsNothingToTrain() throws {
    let workspace = try TrainedRun.copy()
    let before = try workspace.data(Self.checkpoint)
    let outcome = try workspace.supernet("run", "run.yaml", "--resume", "--threads", "1")
    #expect(outcome.status == 0 && outcome.output.contains("Training is done."))
    #expect(try workspace.data(Self.checkpoint) == before)
  }
}
