import Foundation
import Testing

/// What a run's file may ask of its training besides what it does by itself.
@Suite struct TrainingOptionCommandTests {
  private static let checkpoint = "runs/tiny/checkpoint.safetensors"

  private func workspace(_ options: String, epochs: Int = 1) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write(
      "run.yaml",
      TinyRun.yaml(epochs: epochs).replacing("warmup-steps: 2", with: "warmup-steps: 2, \(options)")
    )
    return workspace
  }

  /// Stopped and resumed, with all of it on, it ends with the same bytes.
  @Test func allOfItEndsWithTheSameBytes() throws {
    let options =
      "grad-accum-steps: 2, clip-grad: 0.5, model-ema-decay: 0.9, schedule: cosine, optimizer: adam"
    let straight = try workspace(options, epochs: 12)
    #expect(try straight.supernet("train", "run.yaml", "--threads", "1").status == 0)
    let stopped = try workspace(options, epochs: 12)
    let command = ["train", "run.yaml", "--threads", "1", "--resume", "--checkpoint-seconds", "0"]
    let job = try stopped.start(command)
    while job.process.isRunning, !stopped.exists(Self.checkpoint) {
      Thread.sleep(forTimeInterval: 0.002)
    }
    job.kill()
    let killed = try job.wait()
    #expect(killed.isSignal, "\(killed)")
    let resumed = try stopped.supernet(command)
    #expect(resumed.status == 0 && resumed.output.contains("Resuming at step"), "\(resumed)")
    #expect(try stopped.data(Self.checkpoint) == straight.data(Self.checkpoint))
    let scalars = try EventReader.scalars(in: stopped.url("runs/tiny/events"))
    let others = try EventReader.scalars(in: straight.url("runs/tiny/events"))
    for tag in ["gradient_norm", "learning_rate", "loss/largest", "top1/smallest"] {
      #expect(scalars?[tag] == others?[tag] && scalars?[tag]?.isEmpty == false, "\(tag)")
    }
  }

  /// What is judged, searched and exported are the averaged weights, after training and later.
  @Test func theAverageIsWhatIsHandedOver() throws {
    let workspace = try workspace("model-ema-decay: 0.5")
    let outcome = try workspace.supernet("run", "run.yaml", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome)")
    let summary = try decode(Summary.self, try workspace.text("runs/tiny/summary.json"))
    let row = try #require(summary.subnets.first)
    let later = try workspace.supernet(
      "evaluate", "runs/tiny", "--architecture", row.architecture, "--json")
    #expect(try decode(Evaluation.self, later.output).top1 == row.testTop1)
    _ = try workspace.export("largest")
  }

  /// With next to no learning rate nothing gets better after the first epoch.
  @Test func patienceEndsATraining() throws {
    let workspace = try workspace("early-stopping-patience: 2, learning-rate: 1.0e-9", epochs: 50)
    let outcome = try workspace.supernet("train", "run.yaml", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("Training ends early, at step 54 of 900"), "\(outcome)")
    let before = try workspace.data(Self.checkpoint)
    let again = try workspace.supernet("run", "run.yaml", "--threads", "1", "--resume")
    #expect(again.status == 0 && again.output.contains("Training is done."), "\(again)")
    #expect(try workspace.data(Self.checkpoint) == before)
    let later = try workspace.supernet("search", "runs/tiny", "--candidates", "4", "--threads", "1")
    #expect(later.status == 0 && !later.output.contains("not finished"), "\(later)")
    try workspace.write("tune.yaml", "{early-stopping-patience: 2}")
    let weights = try workspace.supernet(
      "export", "runs/tiny", "--architecture", "smallest", "-o", "x.safetensors")
    #expect(weights.status == 0)
    expectOneLine(
      try workspace.supernet(
        "finetune", "x.safetensors", "-o", "y.safetensors", "--training", "tune.yaml"),
      "tune.yaml: early-stopping-patience: ")
  }

  @Test func aRunStartsFromOneOnOtherClasses() throws {
    let workspace = try TrainedRun.copy()
    try workspace.write("more.yaml", TinyRun.space.replacing("classes: 10", with: "classes: 12"))
    try workspace.write("run.yaml", TinyRun.yaml(space: "more.yaml"))
    let common = ["run.yaml", "--threads", "1", "--name"]
    let from = try workspace.supernet(["train"] + common + ["next", "--from", "runs/tiny"])
    #expect(from.status == 0, "\(from)")
    #expect(from.output.contains("Starting from runs/tiny: all but the classifier."))
    #expect(try workspace.text("runs/next/config.yaml").contains("from: \"runs/tiny\""))
    let fresh = try workspace.supernet(["train"] + common + ["fresh"])
    #expect(fresh.status == 0, "\(fresh)")
    func loss(_ run: String) throws -> Double {
      let rows = try workspace.text("runs/\(run)/training.csv").split(separator: "\n")
      return try #require(
        Double(rows[1].split(separator: ",", omittingEmptySubsequences: false)[4]))
    }
    // Its classifier starts anew, so the first loss is another one, but not that of new weights.
    #expect(try loss("next") != loss("fresh"))
    try workspace.write("wide.yaml", TinyRun.space.replacing("width: [16]", with: "width: [24]"))
    try workspace.write("run.yaml", TinyRun.yaml(space: "wide.yaml"))
    expectOneLine(
      try workspace.supernet(["train"] + common + ["wide", "--from", "runs/tiny"]),
      "only classes may differ")
    expectOneLine(
      try workspace.supernet(["train"] + common + ["wide", "--from", "runs/none"]), "runs/none")
    #expect(!workspace.exists("runs/wide"))
  }
}
