import Operators
import Search
import Supernets

/// What there is to tune in a space, the heaviest first: found by running its networks on a device
/// that only counts.
public struct TuningPlan {
  /// Work for which one choice is made, and its heaviest example, which is timed.
  public struct Item {
    public var bucket: WorkBucket
    public var work: ConvolutionWork
    /// Part of the time of training and of inference together, as guessed.
    public var share: Double
    /// How often the example would have to run to take the bucket's time.
    public var times: Double
  }

  public let items: [Item]
  let space: any NetworkSpace
  let batch: Int

  /// - Parameters:
  ///   - space: whose networks are run.
  ///   - batch: of a training step; inference is of one image.
  ///   - device: to run them for.
  ///   - randomSubnets: of a training step.
  public init(
    _ space: any NetworkSpace, batch: Int, on device: any Device, randomSubnets: Int = 2
  ) throws {
    self.space = space
    self.batch = batch
    var generator = SeededGenerator(seed: 1)
    let random = (0..<randomSubnets).map { _ in space.searchSpace.random(using: &generator) }
    let subnets = [space.largest] + random + [space.smallest]
    var items: [WorkBucket: Item] = [:]
    let training = try subnets.flatMap {
      try Self.convolutions(of: $0, in: space, batch: batch, passes: [.training, .backward])
    }
    let inference = try subnets.flatMap {
      try Self.convolutions(of: $0, in: space, batch: 1, passes: [.inference])
    }
    for all in [training, inference] {
      let total = all.reduce(0) { $0 + $1.guessedSeconds }
      let counts = Dictionary(all.map { ($0, 1) }, uniquingKeysWith: +)
      for (work, count) in counts {
        let share = work.guessedSeconds * Double(count) / total / 2
        for bucket in try work.buckets(on: device) {
          var item = items[bucket] ?? Item(bucket: bucket, work: work, share: 0, times: 0)
          item.share += share
          if Self.precedes(work, item.work) { item.work = work }
          items[bucket] = item
        }
      }
    }
    let unit = training.reduce(0) { $0 + $1.guessedSeconds } * 2
    for (bucket, item) in items {
      items[bucket]?.times = item.share * unit / item.work.guessedSeconds
    }
    // Two of a share keep one order whatever the dictionary's.
    self.items = items.values.sorted {
      ($1.share, $0.bucket.text) < ($0.share, $1.bucket.text)
    }
  }

  private static func precedes(_ a: ConvolutionWork, _ b: ConvolutionWork) -> Bool {
    (b.guessedSeconds, a.x.description, a.w.description)
      < (a.guessedSeconds, b.x.description, b.w.description)
  }

  private static func convolutions(
    of architecture: Architecture, in space: any NetworkSpace, batch: Int,
    passes: [ConvolutionWork.Pass]
  ) throws -> [ConvolutionWork] {
    var works: [ConvolutionWork] = []
    var readsImages = true
    for layer in try space.layers(of: architecture, batch: batch) {
      guard let fused = layer.operator as? NormalizedConvolution else { continue }
      for pass in passes {
        works.append(
          ConvolutionWork(
            fused.convolution, x: layer.inputs[0], w: layer.inputs[1],
            activation: fused.norm.activation,
            readsImages: readsImages, pass: pass))
      }
      readsImages = false
    }
    return works
  }
}
