import Datasets
import Testing

@Suite struct BatchSequenceTests {
  /// Each image is 3x3 and holds its own number in every pixel but one.
  private static func numbered(_ count: Int, channels: Int = 1) -> ImageDataset {
    ImageDataset(
      name: "numbered", height: 3, width: 3, channels: channels,
      images: (0..<count).flatMap { index in
        (0..<9 * channels).map { UInt8($0 == 0 ? 255 : index + 1) }
      },
      labels: (0..<Int32(count)).map { $0 }, classNames: (0..<count).map(String.init))
  }

  /// Statistics under which a batch holds the bytes themselves.
  private static func bytes(channels: Int = 1) -> PixelStatistics {
    PixelStatistics(
      mean: [Float](repeating: 0, count: channels),
      standardDeviation: [Float](repeating: 1 / 255, count: channels))
  }

  private static func training(
    _ count: Int, batchSize: Int, seed: UInt64 = 1, augmentation: Augmentation = .none
  ) throws -> BatchSequence {
    try BatchSequence(
      training: numbered(count), statistics: bytes(), batchSize: batchSize, seed: seed,
      augmentation: augmentation)
  }

  /// In order, of nearly the same size.
  @Test(arguments: 1...7) func partsMakeTheBatch(_ count: Int) throws {
    let batch = try Self.training(20, batchSize: 7).batch(epoch: 0, index: 0)
    let parts = (0..<count).map { batch.part($0, of: count) }
    #expect(parts.flatMap(\.images) == batch.images)
    #expect(parts.flatMap(\.labels) == batch.labels)
    #expect(parts.allSatisfy { (7 / count...(7 + count - 1) / count).contains($0.count) })
  }

  @Test func anEpochShowsEachImageOnce() throws {
    let sequence = try Self.training(100, batchSize: 10)
    #expect(sequence.batchCount == 10)
    let labels = try (0..<10).flatMap { try sequence.batch(epoch: 3, index: $0).labels }
    #expect(labels.sorted() == Array(0..<100))
    #expect(labels != Array(0..<100))
    let other = try (0..<10).flatMap { try sequence.batch(epoch: 4, index: $0).labels }
    #expect(other != labels)
  }

  @Test(arguments: [1, 2, 3, 5, 17, 97, 1000]) func everySizeIsPermuted(_ count: Int) throws {
    let dataset = ImageDataset(
      name: "tiny", height: 1, width: 1, channels: 1,
      images: [UInt8](repeating: 0, count: count), labels: (0..<Int32(count)).map { $0 },
      classNames: (0..<count).map(String.init))
    let sequence = try BatchSequence(
      training: dataset, statistics: Self.bytes(), batchSize: count, seed: 9)
    #expect(try sequence.batch(epoch: 1, index: 0).labels.sorted() == Array(0..<Int32(count)))
  }

  /// Over many epochs every image comes first about equally often.
  @Test func theOrderIsFair() throws {
    let sequence = try Self.training(10, batchSize: 1)
    var counts = [Int](repeating: 0, count: 10)
    for epoch in 0..<2_000 {
      counts[Int(try sequence.batch(epoch: epoch, index: 0).labels[0])] += 1
    }
    #expect(counts.allSatisfy { (140...260).contains($0) }, "\(counts)")
  }

  @Test func anyBatchCanBeMadeAgain() throws {
    let augmentation = Augmentation(cropPadding: 2, horizontalFlip: true)
    let one = try Self.training(50, batchSize: 8, seed: 7, augmentation: augmentation)
    let walked = try (0..<6).map { try one.batch(epoch: 2, index: $0) }
    let other = try Self.training(50, batchSize: 8, seed: 7, augmentation: augmentation)
    #expect(try other.batch(epoch: 2, index: 4) == walked[4])
    let seeded = try Self.training(50, batchSize: 8, seed: 8, augmentation: augmentation)
    #expect(try seeded.batch(epoch: 2, index: 4) != walked[4])
  }

  @Test func trainingDropsTheRaggedBatchAndEvaluationKeepsIt() throws {
    #expect(try Self.training(50, batchSize: 8).batchCount == 6)
    let evaluation = try BatchSequence(
      evaluating: Self.numbered(50), statistics: Self.bytes(), batchSize: 8)
    #expect(evaluation.batchCount == 7)
    #expect(try evaluation.batch(index: 6).count == 2)
    #expect(try evaluation.batch(index: 6).images.count == 18)
    #expect(try (0..<7).flatMap { try evaluation.batch(index: $0).labels } == Array(0..<50))
  }

  @Test func pixelsAreNormalizedPerChannel() throws {
    let dataset = ImageDataset(
      name: "one", height: 1, width: 1, channels: 3, images: [0, 51, 255], labels: [0],
      classNames: ["only"])
    let statistics = PixelStatistics(mean: [0.5, 0.25, 0], standardDeviation: [0.5, 0.5, 2])
    let batch = try BatchSequence(evaluating: dataset, statistics: statistics, batchSize: 1)
      .batch(index: 0)
    #expect(batch.images == [-1, (51.0 / 255 - 0.25) / 0.5, 0.5])
  }

  /// Every variation of an image must be one of the cuts that a slow loop makes.
  @Test(arguments: [1, 3], [0, 1, 2, 5]) func cutsAreThoseOfASlowLoop(
    _ channels: Int, _ padding: Int
  ) throws {
    let pixels = (1...12 * channels).map(UInt8.init)
    let dataset = ImageDataset(
      name: "cut", height: 3, width: 4, channels: channels, images: pixels, labels: [0],
      classNames: ["only"])
    let sequence = try BatchSequence(
      training: dataset, statistics: Self.bytes(channels: channels), batchSize: 1, seed: 1,
      augmentation: Augmentation(cropPadding: padding, horizontalFlip: true))
    func cut(_ top: Int, _ left: Int, _ isMirrored: Bool) -> [UInt8] {
      (0..<12 * channels).map { index in
        let (row, rest) = index.quotientAndRemainder(dividingBy: 4 * channels)
        let (column, channel) = rest.quotientAndRemainder(dividingBy: channels)
        let (y, x) = (row + top, (isMirrored ? 3 - column : column) + left)
        guard (0..<3).contains(y), (0..<4).contains(x) else { return 0 }
        return pixels[(y * 4 + x) * channels + channel]
      }
    }
    var expected: Set<[UInt8]> = []
    for top in -padding...padding {
      for left in -padding...padding {
        for isMirrored in [false, true] { expected.insert(cut(top, left, isMirrored)) }
      }
    }
    let seen = Set(
      try (0..<2_000).map { epoch in
        try sequence.batch(epoch: epoch, index: 0).images.map { UInt8($0.rounded()) }
      })
    #expect(seen == expected)
  }

  @Test func impossibleBatchSizesAreTold() {
    let error = #expect(throws: DatasetError.self) { try Self.training(5, batchSize: 6) }
    #expect(
      error?.description
        == "numbered: 5 images fill no batch of 6; choose a batch size from 1 to 5")
    #expect(throws: DatasetError.self) { try Self.training(5, batchSize: 0) }
    #expect(throws: DatasetError.self) {
      try BatchSequence(evaluating: Self.numbered(5), statistics: Self.bytes(), batchSize: 0)
    }
  }
}
