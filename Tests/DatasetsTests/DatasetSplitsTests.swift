import Datasets
import Testing

@Suite struct DatasetSplitsTests {
  private let drawn = DrawnShapes(trainCount: 100, testCount: 20).splits()

  @Test func validationComesFromTheTrainingImages() throws {
    let splits = try DatasetSplits(
      training: drawn.train, test: drawn.test, validationCount: 30, seed: 5)
    #expect([splits.train.count, splits.validation.count, splits.test.count] == [70, 30, 20])
    #expect(try splits.test.images == drawn.test.images)
    let parts = Set(try images(of: splits.train) + images(of: splits.validation))
    #expect(parts == Set(try images(of: drawn.train)))
    #expect(parts.count == 100)
    #expect(try splits.statistics == PixelStatistics(of: splits.train))
  }

  @Test func theSeedAloneChooses() throws {
    func validation(_ seed: UInt64) throws -> [UInt8] {
      try DatasetSplits(training: drawn.train, test: drawn.test, validationCount: 30, seed: seed)
        .validation.images
    }
    #expect(try validation(5) == validation(5))
    #expect(try validation(5) != validation(6))
  }

  @Test(arguments: [-1, 100, Int.max]) func impossibleCountsAreTold(_ count: Int) {
    let error = #expect(throws: DatasetError.self) {
      try DatasetSplits(training: drawn.train, test: drawn.test, validationCount: count)
    }
    #expect(
      error?.description == "drawn-shapes: cannot set \(count) of 100 training images aside; "
        + "ask for 0 to 99 validation images")
  }

  @Test func statisticsArePerChannel() throws {
    let dataset = ImageDataset(
      name: "two", height: 1, width: 2, channels: 2, images: [0, 51, 255, 51], labels: [0],
      classNames: ["only"])
    let statistics = try PixelStatistics(of: dataset)
    #expect(statistics.mean == [0.5, 0.2])
    #expect(statistics.standardDeviation == [0.5, 1])
  }

  private func images(of dataset: ImageDataset) throws -> [[UInt8]] {
    try (0..<dataset.count).map { index in
      try dataset.images(index..<index + 1)
    }
  }
}
