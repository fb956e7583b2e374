import Datasets
import Testing

@Suite struct BatchLoaderTests {
  /// Images that hold their number; one of them may not be had.
  private struct Numbers: PixelSource {
    var missing = -1
    let reads = Counter()

    func copy(imageAt position: Int, into target: UnsafeMutableRawBufferPointer) throws {
      reads.add(1)
      guard position != missing else {
        throw DatasetError(place: "image \(position)", problem: "is gone", advice: "bring it back")
      }
      target.copyBytes(from: [UInt8](repeating: UInt8(position), count: target.count))
    }
  }

  private func sequence(_ source: Numbers) throws -> BatchSequence {
    let dataset = ImageDataset(
      name: "numbers", height: 2, width: 2, channels: 1, pixels: source,
      labels: [Int32](repeating: 0, count: 40), classNames: ["only"])
    return try BatchSequence(
      training: dataset, statistics: PixelStatistics(mean: [0], standardDeviation: [1]),
      batchSize: 8, seed: 2, augmentation: Augmentation(cropPadding: 1, horizontalFlip: true))
  }

  /// Whoever prepares them, batches are the sequence's: in order, again, from anywhere on.
  @Test(arguments: [1, 2, 5]) func batchesAreThoseOfTheSequence(_ ahead: Int) throws {
    let batches = try sequence(Numbers())
    let loader = BatchLoader(batches, ahead: ahead)
    for step in Array(0..<12) + [11, 3, 4, 20, 0] {
      let expected = try batches.batch(epoch: step / 5, index: step % 5)
      #expect(try loader.batch(ofStep: step, last: 20) == expected)
    }
    #expect(loader.worked > .zero && loader.waited > .zero)
  }

  @Test func nothingIsPreparedBeyondTheLastStep() throws {
    let source = Numbers()
    do {
      let loader = BatchLoader(try sequence(source), ahead: 4)
      for step in 0...2 { _ = try loader.batch(ofStep: step, last: 2) }
    }
    #expect(source.reads.value == 24)
  }

  @Test func whatASourceThrowsIsThrownAtItsStep() throws {
    let batches = try sequence(Numbers(missing: 17))
    let loader = BatchLoader(batches, ahead: 2)
    var thrown: [Int] = []
    for step in 0..<10 {
      do {
        _ = try loader.batch(ofStep: step, last: 9)
      } catch let error as DatasetError {
        #expect(error.problem == "is gone")
        thrown.append(step)
      }
    }
    #expect(thrown.count == 2 && thrown[0] < 5 && thrown[1] >= 5, "once an epoch: \(thrown)")
  }

  @Test func statisticsAndChecksumsAreReadFromASource() throws {
    let source = Numbers()
    let dataset = ImageDataset(
      name: "numbers", height: 3, width: 1, channels: 1, pixels: source, labels: [0, 1, 0],
      classNames: ["a", "b"])
    let memory = ImageDataset(
      name: "memory", height: 3, width: 1, channels: 1, images: [0, 0, 0, 1, 1, 1, 2, 2, 2],
      labels: [0, 1, 0], classNames: ["a", "b"])
    #expect(try PixelStatistics(of: dataset) == PixelStatistics(of: memory))
    #expect(dataset.checksum == memory.checksum)
    #expect(dataset.selecting([2, 0]).checksum != dataset.checksum)
    #expect(try dataset.selecting([2, 0]).selecting([1]).images == [0, 0, 0])
  }
}
