import Compute
import Datasets
import Laws
import Search
import Supernets
import Testing

@Suite struct MixupTests {
  /// Images that are all alike, so that a mixture shows what it is made of.
  private func trainer(
    _ labels: (Int) -> Int32, mixup: Float, smoothing: Float = 0
  ) throws -> Trainer {
    let side = 16
    let image = (0..<side * side).map { UInt8($0 % 251) }
    let images = ImageDataset(
      name: "alike", height: side, width: side, channels: 1,
      images: (0..<32).flatMap { _ in image }, labels: (0..<32).map(labels),
      classNames: (0..<8).map(String.init))
    return try Trainer(
      try Supernet(TinySpaces.elastic.space(), on: NativeDevice(threads: 1), seed: 1),
      recipe: TrainingRecipe(
        batchSize: 16, dropout: 0, labelSmoothing: smoothing, cropPadding: 0, horizontalFlip: false,
        strongAugmentation: StrongAugmentation(mixup: mixup), seed: 3),
      images: images, statistics: try PixelStatistics(of: images))
  }

  private func loss(_ trainer: Trainer) throws -> Double {
    let losses = try trainer.runStep(
      reportingLosses: true, subnets: [trainer.supernet.space.largest])
    return try #require(losses?.largest)
  }

  /// Two labels with a weight: the loss is that of both, weighed.
  @Test(arguments: [Float(0), 0.1]) func theLossIsThatOfBothLabelsByTheirShares(
    _ smoothing: Float
  ) throws {
    let ofEach = try (0..<2).map { label in
      try loss(trainer({ _ in Int32(label) }, mixup: 0, smoothing: smoothing))
    }
    let mixed = try trainer({ Int32($0 % 2) }, mixup: 1, smoothing: smoothing)
    let batch = try mixed.batches.batch(epoch: 0, index: 0)
    let mixture = try #require(batch.mixture)
    var expected = 0.0
    for place in 0..<batch.count {
      let share = Double(mixture.shares[place])
      expected += share * ofEach[Int(batch.labels[place])]
      expected += (1 - share) * ofEach[Int(mixture.labels[place])]
    }
    #expect(abs(try loss(mixed) - expected / Double(batch.count)) < 1e-4)
  }

  @Test func aMixtureOfOneClassIsThatClass() throws {
    let plain = try loss(trainer({ _ in 3 }, mixup: 0))
    #expect(abs(try loss(trainer({ _ in 3 }, mixup: 0.4)) - plain) < 1e-4)
  }

  @Test func augmentationIsWrittenAndRead() throws {
    #expect(!TrainingRecipe().fields.contains { $0.key == "mixup" })
    let yaml = "{crop-padding: 3, resized-crop: 0.5, randaugment: 2, cutout: 8, mixup: 0.2}"
    let read = try TrainingRecipe(ConfigurationNode(parsing: yaml, file: "x"))
    #expect(
      read.augmentation
        == Augmentation(
          cropPadding: 3, horizontalFlip: true,
          strong: StrongAugmentation(resizedCrop: 0.5, randAugment: 2, cutout: 8, mixup: 0.2)))
    let text = "{" + read.fields.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    #expect(try TrainingRecipe(ConfigurationNode(parsing: text, file: "x")) == read)
  }
}
