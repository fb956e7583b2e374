import Compute
import Foundation
import Laws
import Supernets
import Testing

/// Starting from what was learned on other classes.
@Suite struct TransferTests {
  private func supernet(
    _ tiny: TinySpaces.Entry, classes: Int = 10, seed: UInt64, _ old: String = "",
    _ new: String = ""
  ) throws -> Supernet {
    let yaml = tiny.yaml.replacing("classes: 10", with: "classes: \(classes)")
      .replacing(old, with: new)
    let space = try SpaceCatalogue.space(
      reading: ConfigurationNode(parsing: yaml, file: tiny.name))
    return try Supernet(space, on: NativeDevice(threads: 1), seed: seed)
  }

  /// A checkpoint of a supernet that was trained for three steps.
  private func checkpoint(of supernet: Supernet) throws -> (file: String, checkpoint: Checkpoint) {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "supernet-\(UUID().uuidString).safetensors"
    ).path
    let images = BarImages.make(64)
    let trainer = try Trainer(
      supernet, recipe: TrainingRecipe(batchSize: 16, learningRate: 0.01, warmupSteps: 0),
      images: images, statistics: .init(of: images))
    for _ in 0..<3 { _ = try trainer.runStep() }
    try Checkpoint.write(trainer, spaceText: supernet.space.yaml, dataset: "bars", to: file)
    defer { try? FileManager.default.removeItem(atPath: file) }
    return (file, try Checkpoint(readingFrom: file))
  }

  @Test(arguments: TinySpaces.all) func allButTheClassifierIsTakenOver(
    _ tiny: TinySpaces.Entry
  ) throws {
    let source = try supernet(tiny, seed: 1)
    let (file, checkpoint) = try checkpoint(of: source)
    let target = try supernet(tiny, classes: 17, seed: 2)
    let (trained, before) = (
      try source.device.read(source.parameters), try target.device.read(target.parameters)
    )
    try target.adopt(checkpoint, path: file)
    let after = try target.device.read(target.parameters)
    var classifiers = 0
    for entry in target.layout.entries {
      let values = after[entry.offset..<entry.offset + entry.count]
      if entry.name.contains("classifier") {
        classifiers += 1
        #expect(values == before[entry.offset..<entry.offset + entry.count], "\(entry.name)")
      } else {
        let theirs = try #require(source.layout[entry.name])
        #expect(
          Array(values) == Array(trained[theirs.offset..<theirs.offset + theirs.count]),
          "\(entry.name)")
      }
    }
    #expect(classifiers >= 2)
  }

  @Test(
    arguments: [
      ("width: [16, 24]", "width: [16, 32]", "head.conv.weight is"),
      ("depth: [1, 2], width: [8, 12]", "depth: [1, 2, 3], width: [8, 12]", "is missing there"),
      ("depth: [1, 2], width: [8, 12]", "depth: 1, width: [8, 12]", "is there alone"),
    ]) func otherNetworksAreRefused(_ old: String, _ new: String, _ part: String) throws
  {
    let (file, checkpoint) = try checkpoint(of: supernet(TinySpaces.elastic, seed: 1))
    let target = try supernet(TinySpaces.elastic, seed: 2, old, new)
    let before = try target.device.read(target.parameters)
    let error = #expect(throws: ConfigurationError.self) {
      try target.adopt(checkpoint, path: file)
    }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    #expect(error?.description.contains("only classes may differ") == true)
    #expect(try target.device.read(target.parameters) == before)
  }
}
