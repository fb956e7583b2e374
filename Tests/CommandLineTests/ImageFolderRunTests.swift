import Datasets
import Foundation
import Testing

/// From a folder of image files to subnets that know its classes.
@Suite struct ImageFolderRunTests {
  private static let space = """
    name: tiny-colours
    input: {channels: 3, resolution: [12, 16]}
    classes: 3
    stem: {width: [4, 8], kernel: 3, stride: 2}
    stages:
      - {depth: 1, width: [8, 12], kernel: 3, expansion: 2, stride: 2}
    head: {width: [16]}

    """

  /// Sixty images of three classes, told apart by their colour.
  private func workspace(_ data: String = "path: photographs") throws -> Workspace {
    let workspace = try Workspace()
    for (name, color) in [
      ("ant", [200, 60, 50]), ("bee", [60, 190, 70]), ("cat", [50, 70, 200]),
    ] {
      for index in 0..<20 {
        let raster = Raster(
          width: 20 + index, height: 24, channels: 3,
          bytes: (0..<(20 + index) * 24).flatMap { pixel in
            color.map { UInt8($0 + (pixel &* 31 &+ index &* 17) % 40) }
          })
        let bytes = try index % 2 == 0 ? PNGFile.encode(raster) : JPEGFile.encode(raster)
        try workspace.write(
          "photographs/\(name)/\(index).\(index % 2 == 0 ? "png" : "jpg")", Data(bytes))
      }
    }
    try workspace.write("colours.yaml", Self.space)
    try workspace.write(
      "run.yaml",
      """
      name: photos
      space: colours.yaml
      device: cpu
      targets: [cpu]
      data: {\(data), test: 0.25}
      training: {epochs: 3, batch: 8, warmup-steps: 2, learning-rate: 0.1, resized-crop: 0.7, randaugment: 1, cutout: 4, mixup: 0.2}
      search: {strategy: random, candidates: 4, calibration-images: 32, latency-batch: 4, budgets-ms: [1000]}

      """)
    return workspace
  }

  private func supernet(_ workspace: Workspace, _ arguments: String...) throws -> Outcome {
    try workspace.start(
      arguments, environment: ["XDG_CACHE_HOME": workspace.url("cache").path]
    ).wait()
  }

  @Test func aRunEndsWithSubnetsOfItsClasses() throws {
    let workspace = try workspace()
    let outcome = try supernet(workspace, "run", "run.yaml", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("Using image-folder from photographs."))
    #expect(outcome.output.contains(/% waiting for images/))
    let summary = try decode(Summary.self, try workspace.text("runs/photos/summary.json"))
    // 15 for test, a quarter of the other 45 for validation.
    #expect(summary.dataset == "image-folder, 33 of 45 images of 16x16x3")
    let weights = try #require(summary.subnets.first).weights
    let json = try workspace.text("runs/photos/" + weights.replacing(".safetensors", with: ".json"))
    for name in ["ant", "bee", "cat"] { #expect(json.contains("\"\(name)\"")) }
    let evaluation = try supernet(
      workspace, "evaluate", "runs/photos/\(weights)", "--data", "photographs", "--device", "cpu",
      "--json")
    #expect(try decode(Evaluation.self, evaluation.output).top1 > 0.6, "\(evaluation)")
  }

  /// The same seed, the same parameters: with batches made in the background, and stopped on the way.
  @Test func aStoppedTrainingEndsAsOneThatWasNot() throws {
    let workspace = try workspace()
    func train(_ name: String, _ more: String...) throws -> Outcome {
      try workspace.start(
        ["train", "run.yaml", "--threads", "1", "--name", name, "--checkpoint-seconds", "0"] + more,
        environment: ["XDG_CACHE_HOME": workspace.url("cache").path]
      ).wait()
    }
    #expect(try train("whole").status == 0)
    let job = try workspace.start(
      ["train", "run.yaml", "--threads", "1", "--name", "cut", "--checkpoint-seconds", "0"],
      environment: ["XDG_CACHE_HOME": workspace.url("cache").path])
    while job.process.isRunning, !workspace.exists("runs/cut/checkpoint.safetensors") {
      usleep(500)
    }
    job.kill()
    _ = try job.wait()
    #expect(try train("cut", "--resume").status == 0)
    #expect(
      try workspace.data("runs/cut/checkpoint.safetensors")
        == workspace.data("runs/whole/checkpoint.safetensors"))
  }

  @Test func aBuiltInSpaceTakesTheClassesOfTheImages() throws {
    let workspace = try workspace()
    try workspace.write(
      "run.yaml", "name: p\nspace: mobilenet-28\ndevice: cpu\ntraining: {epochs: 1, batch: 8}\n")
    let outcome = try supernet(
      workspace, "train", "run.yaml", "--data", "photographs", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try workspace.text("runs/p/space.yaml").contains("classes: 3"))
    #expect(try workspace.text("runs/p/space.yaml").contains("channels: 1"))
  }

  @Test func brokenFilesEndTheRunOrAreSkipped() throws {
    let refusing = try workspace()
    try refusing.write("photographs/bee/broken.jpg", "no image")
    let outcome = try supernet(refusing, "train", "run.yaml")
    expectOneLine(outcome, "bee/broken.jpg: is neither PNG nor JPEG")
    #expect(!refusing.exists("runs"))
    let skipping = try workspace("path: photographs, broken: skip")
    try skipping.write("photographs/bee/broken.jpg", "no image")
    let trained = try supernet(skipping, "train", "run.yaml", "--epochs", "1", "--threads", "1")
    #expect(trained.status == 0, "\(trained)")
    #expect(trained.output.contains("bee/broken.jpg, which is neither PNG nor JPEG"))
  }

  @Test(
    arguments: [
      ("path: photographs, fit: squeeze", "unknown `squeeze`"),
      ("path: photographs, size: 3", "data.size: 3 is outside"),
      ("path: nowhere", "nowhere: is not there"),
      ("path: images/../colours.yaml", "colours.yaml: holds no images that are known here"),
      ("dataset: image-folder", "image-folder: no folder was given"),
    ])
  func mistakesAreToldInOneLine(_ data: String, _ message: String) throws {
    expectOneLine(try supernet(try workspace(data), "train", "run.yaml"), message)
  }
}
