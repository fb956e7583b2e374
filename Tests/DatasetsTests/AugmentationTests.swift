import Datasets
import Testing

/// What augmentation must satisfy, whatever is switched on.
@Suite struct AugmentationTests {
  private static let side = 16

  /// Images of noise in colour; image n has the label n.
  private static let dataset = ImageDataset(
    name: "noise", height: side, width: side, channels: 3,
    images: (0..<24 * side * side * 3).map {
      UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13)
    },
    labels: (0..<24).map { Int32($0) }, classNames: (0..<24).map(String.init))
  /// Under which a batch holds bytes less their middle, so that 0 is no byte's.
  private static let bytes = PixelStatistics(
    mean: [0.5, 0.5, 0.5], standardDeviation: [1 / 255, 1 / 255, 1 / 255])

  static let each: [StrongAugmentation] = [
    StrongAugmentation(resizedCrop: 0.3), StrongAugmentation(randAugment: 2),
    StrongAugmentation(cutout: 6), StrongAugmentation(mixup: 0.4),
    StrongAugmentation(resizedCrop: 0.5, randAugment: 1, cutout: 4, mixup: 1),
  ]

  private func sequence(_ augmentation: Augmentation, seed: UInt64 = 5) throws -> BatchSequence {
    try BatchSequence(
      training: Self.dataset, statistics: Self.bytes, batchSize: 8, seed: seed,
      augmentation: augmentation)
  }

  private func cut(_ strong: StrongAugmentation) -> Augmentation {
    Augmentation(cropPadding: 2, horizontalFlip: true, strong: strong)
  }

  private func image(_ batch: Batch, _ index: Int) -> ArraySlice<Float> {
    let size = Self.side * Self.side * 3
    return batch.images[index * size..<(index + 1) * size]
  }

  @Test(arguments: each) func aBatchIsAFunctionOfItsIndices(_ strong: StrongAugmentation) throws {
    let one = try sequence(cut(strong))
    let walked = try (0..<2).map { epoch in
      try (0..<3).map { try one.batch(epoch: epoch, index: $0) }
    }
    let other = try sequence(cut(strong))
    #expect(try other.batch(epoch: 1, index: 2) == walked[1][2])
    #expect(try other.batch(epoch: 0, index: 1) == walked[0][1])
    #expect(try other.batch(epoch: 1, index: 1).images != walked[0][1].images)
    #expect(
      try sequence(cut(strong), seed: 6).batch(epoch: 0, index: 1).images != walked[0][1].images)
  }

  /// Which images, and how they are cut and mirrored, is the same whatever else is on.
  @Test func cutoutLeavesEverythingElseAsItWas() throws {
    for strong in Self.each where strong.mixup == 0 && strong.cutout == 0 {
      var blotted = strong
      blotted.cutout = 6
      let (plain, holed) = (
        try sequence(cut(strong)).batch(epoch: 3, index: 1),
        try sequence(cut(blotted)).batch(epoch: 3, index: 1)
      )
      #expect(plain.labels == holed.labels)
      let different = zip(plain.images, holed.images).filter { $0 != $1 }
      #expect(different.allSatisfy { $1 == 0 })
      #expect((1...8 * 36 * 3).contains(different.count))
    }
  }

  /// A mixture is what it says of the images that there are without it.
  @Test(arguments: [Float(0.2), 1, 3]) func mixturesAreOfNeighbours(_ alpha: Float) throws {
    var shares: [Float] = []
    for strong in Self.each where strong.mixup == 0 {
      var mixing = strong
      mixing.mixup = alpha
      for index in 0..<3 {
        let (plain, mixed) = (
          try sequence(cut(strong)).batch(epoch: 2, index: index),
          try sequence(cut(mixing)).batch(epoch: 2, index: index)
        )
        let mixture = try #require(mixed.mixture)
        #expect(mixed.labels == plain.labels)
        for place in 0..<8 {
          let (other, share) = ((place + 1) % 8, mixture.shares[place])
          #expect(mixture.labels[place] == plain.labels[other])
          #expect(
            zip(image(mixed, place), zip(image(plain, place), image(plain, other))).allSatisfy {
              $0 == share * $1.0 + (1 - share) * $1.1
            })
        }
        shares += mixture.shares
      }
    }
    #expect(shares.allSatisfy { (0...1).contains($0) })
    // The mean is a half, the variance 1 / (4 (2 alpha + 1)).
    let mean = shares.reduce(0, +) / Float(shares.count)
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(shares.count)
    #expect(abs(mean - 0.5) < 0.15 && abs(variance * 4 * (2 * alpha + 1) - 1) < 0.5)
  }

  @Test func probabilitiesAreOfBothClasses() throws {
    var mixing = StrongAugmentation()
    mixing.mixup = 1
    let batch = try sequence(cut(mixing)).batch(epoch: 0, index: 0)
    let mixture = try #require(batch.mixture)
    let rows = try #require(batch.probabilities(classes: 24, smoothing: 0.25))
    for place in 0..<8 {
      let row = rows[place * 24..<(place + 1) * 24]
      #expect(abs(row.reduce(0, +) - 1) < 1e-5)
      let own = row[place * 24 + Int(batch.labels[place])]
      #expect(abs(own - (0.25 / 24 + 0.75 * mixture.shares[place])) < 1e-6)
    }
    #expect(
      try sequence(cut(.init())).batch(epoch: 0, index: 0).probabilities(classes: 24, smoothing: 0)
        == nil)
    for count in 1...8 {
      let parts = (0..<count).map { batch.part($0, of: count) }
      #expect(parts.flatMap { $0.mixture?.shares ?? [] } == mixture.shares)
      #expect(parts.flatMap { $0.mixture?.labels ?? [] } == mixture.labels)
    }
  }

  /// A cut of an image holds no value that the image has not: interpolation makes none, nor do edges.
  @Test func resizedCutsStayWithinTheImage() throws {
    let pixels = (0..<8 * 256).map { (pixel: Int) -> UInt8 in UInt8(pixel % 16 * 4 + 100) }
    let plain = ImageDataset(
      name: "two", height: 16, width: 16, channels: 1,
      images: pixels, labels: [0, 1, 0, 1, 0, 1, 0, 1],
      classNames: ["a", "b"])
    let statistics = PixelStatistics(mean: [0], standardDeviation: [1 / 255])
    let cuts = try BatchSequence(
      training: plain, statistics: statistics, batchSize: 8, seed: 1,
      augmentation: Augmentation(strong: StrongAugmentation(resizedCrop: 0.1)))
    var widths: Set<Int> = []
    for epoch in 0..<20 {
      let batch = try cuts.batch(epoch: epoch, index: 0)
      #expect(batch.images.allSatisfy { 99.9...160.1 ~= $0 })
      for image in 0..<8 {
        let row = batch.images[image * 256..<image * 256 + 16]
        #expect(zip(row, row.dropFirst()).allSatisfy { $0 <= $1 })
        widths.insert(Int((row.last ?? 0) - (row.first ?? 0)) / 6)
      }
    }
    #expect(widths.count > 4)
  }

  @Test func randAugmentVariesManyWays() throws {
    let plain = try sequence(.none)
    let varied = try sequence(Augmentation(strong: StrongAugmentation(randAugment: 1)))
    var (changed, same) = (0, 0)
    for epoch in 0..<20 {
      let (before, after) = (
        try plain.batch(epoch: epoch, index: 0), try varied.batch(epoch: epoch, index: 0)
      )
      #expect(after.images.allSatisfy { -127.6...127.6 ~= $0 })
      for place in 0..<8 {
        if image(before, place).elementsEqual(image(after, place)) {
          same += 1
        } else {
          changed += 1
        }
      }
    }
    // One operation of fourteen leaves all images as they are, others some of them.
    #expect(same >= 3 && changed > 100, "\(same) of 160 as they were")
  }
}
