import Datasets
import Testing

@Suite struct DrawnShapesTests {
  @Test func everyMachineDrawsTheseBytes() throws {
    let grey = DrawnShapes(trainCount: 40, testCount: 10).splits()
    #expect(try checksum(grey.train.images) == 5_710_132_790_027_826_063)
    #expect(try checksum(grey.test.images) == 16_333_155_458_082_485_228)
    let color = DrawnShapes(trainCount: 20, testCount: 0, size: 32, channels: 3).splits()
    #expect(try checksum(color.train.images) == 1_968_373_131_018_516_697)
  }

  @Test func anImageDependsOnItsIndexAlone() throws {
    let few = DrawnShapes(trainCount: 10, testCount: 10).splits()
    let more = DrawnShapes(trainCount: 30, testCount: 10).splits()
    #expect(try few.train.images == Array(more.train.images.prefix(few.train.images.count)))
    #expect(try few.train.images != few.test.images)
    let other = DrawnShapes(trainCount: 10, testCount: 10, seed: 2).splits()
    #expect(try other.train.images != few.train.images)
  }

  @Test func classesTakeTurns() throws {
    let (train, test) = DrawnShapes(trainCount: 20, testCount: 0, size: 16, channels: 3).splits()
    #expect(train.labels == Array(0..<10) + Array(0..<10))
    #expect(train.classCount == 10)
    #expect(Set(train.classNames).count == 10)
    #expect(try train.images.count == 20 * 16 * 16 * 3)
    #expect(test.count == 0)
  }

  /// A linear classifier must fail where a convolutional net need not.
  @Test func aLinearClassifierStaysBelowSeventyPercent() throws {
    let (train, test) = try normalized(trainCount: 4_000, testCount: 1_000)
    let model = SoftmaxRegression(
      images: train.images, labels: train.labels, classes: 10, epochs: 3, step: 0.002)
    let fitted = model.accuracy(
      images: Array(train.images.prefix(784 * 1_000)), labels: Array(train.labels.prefix(1_000)))
    let accuracy = model.accuracy(images: test.images, labels: test.labels)
    print("drawn-shapes: linear accuracy \(accuracy) (training images \(fitted))")
    #expect(accuracy < 0.70)
    #expect(fitted > 0.15)
  }

  /// Yet the pixels tell: the nearest training image is of the right class more often than by chance.
  @Test func neighboursShareTheirClass() throws {
    let (train, test) = try normalized(trainCount: 1_500, testCount: 200)
    var right = 0
    for (index, label) in test.labels.enumerated() {
      let nearest = nearest(to: index * 784, of: test.images, among: train.images)
      if train.labels[nearest] == label { right += 1 }
    }
    print("drawn-shapes: nearest-neighbour accuracy \(Double(right) / Double(test.count))")
    #expect(right > 30)
  }

  private func normalized(trainCount: Int, testCount: Int) throws -> (train: Batch, test: Batch) {
    let drawn = DrawnShapes(trainCount: trainCount, testCount: testCount).splits()
    let statistics = try PixelStatistics(of: drawn.train)
    func whole(_ dataset: ImageDataset) throws -> Batch {
      try BatchSequence(evaluating: dataset, statistics: statistics, batchSize: dataset.count)
        .batch(index: 0)
    }
    return (try whole(drawn.train), try whole(drawn.test))
  }

  private func nearest(to start: Int, of images: [Float], among others: [Float]) -> Int {
    images.withUnsafeBufferPointer { images in
      others.withUnsafeBufferPointer { others in
        var best = (index: 0, distance: Float.infinity)
        for other in 0..<others.count / 784 {
          var distance: Float = 0
          var pixel = 0
          while pixel < 784, distance < best.distance {
            let difference = images[start + pixel] - others[other * 784 + pixel]
            distance += difference * difference
            pixel += 1
          }
          if distance < best.distance { best = (other, distance) }
        }
        return best.index
      }
    }
  }

  /// FNV-1a.
  private func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
