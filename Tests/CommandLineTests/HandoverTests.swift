import Testing

/// Subnets that leave as ONNX or for PyTorch, come back, and are trained further.
@Suite struct HandoverTests {
  private static let images = ["--dataset", "idx", "--data", "images", "--device", "cpu"]

  @Test func writesONNXOfRunsFilesAndSpaces() throws {
    let workspace = try TrainedRun.copy()
    _ = try workspace.export("smallest")
    for (subject, options) in [
      ("runs/tiny", ["--architecture", "smallest"]), ("x.safetensors", ["--batch-norm", "keep"]),
      ("space.yaml", ["--sample", "2"]),
    ] {
      let outcome = try workspace.supernet(["export", subject, "-o", "y.onnx"] + options)
      #expect(outcome.status == 0, "\(outcome)")
    }
    for name in ["y.onnx", "y-1.onnx", "y-2.onnx"] {
      #expect(try workspace.data(name).count > 1_000, "\(name)")
    }
    #expect(try workspace.text("x.py").contains("class Network(nn.Module):"))
  }

  @Test func refusesWhatItCannotWrite() throws {
    let workspace = try TrainedRun.copy()
    let largest = ["export", "space.yaml", "--architecture", "largest", "-o"]
    expectOneLine(try workspace.supernet(largest + ["no/x.onnx"]), "no/x.onnx: cannot write")
    expectOneLine(
      try workspace.supernet(["export", "space.yaml", "-o", "x.onnx"]), "--architecture is needed")
    let outcome = try workspace.supernet(largest + ["x.tflite"])
    #expect(outcome.status != 0 && outcome.errors.contains("must end in .onnx or .safetensors"))
  }

  @Test func whatComesBackScoresTheSame() throws {
    let workspace = try TrainedRun.copy()
    let before = try workspace.export("largest")
    let imported = try workspace.supernet(
      "import", "x.safetensors", "--description", "x.json", "-o", "y.safetensors")
    #expect(imported.status == 0, "\(imported)")
    let outcome = try workspace.supernet(
      ["evaluate", "y.safetensors", "--answers", "answers.safetensors", "--json"] + Self.images)
    #expect(try decode(Evaluation.self, outcome.output).correct == before.correct)
    #expect(try workspace.data("answers.safetensors").count > before.images * 10 * 4)
  }

  @Test func trainsASubnetFurtherAndGoesOn() throws {
    let workspace = try TrainedRun.copy()
    _ = try workspace.export("largest")
    let command =
      ["finetune", "x.safetensors", "-o", "y.safetensors", "--epochs", "1"] + Self.images
    let outcome = try workspace.supernet(command)
    #expect(outcome.status == 0 && outcome.output.contains("Test top-1"), "\(outcome)")
    #expect(throws: (any Error).self) { try workspace.data("y.checkpoint") }
    #expect(try workspace.data("y.safetensors") != workspace.data("x.safetensors"))

    let checkpoint = try workspace.data("runs/tiny/checkpoint.safetensors")
    try workspace.write("y.checkpoint", checkpoint)
    expectOneLine(try workspace.supernet(command), "y.checkpoint: was begun before")
    expectOneLine(try workspace.supernet(command + ["--resume"]), "of another space")
  }
}
