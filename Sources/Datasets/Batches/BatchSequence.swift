/// A data set as batches, each a function of the seed, the epoch and its index alone.
///
/// There is no state to save: training resumes at any step, bit for bit.
public struct BatchSequence: Sendable {
  /// The images.
  public let dataset: ImageDataset
  /// Images per batch; only an evaluation's last batch may have fewer.
  public let batchSize: Int
  /// Batches per epoch.
  public let batchCount: Int
  private let filler: BatchFiller
  /// Nil where the order is the data set's own.
  private let shuffle: (seed: UInt64, augmentation: Augmentation)?
  /// Which images of each batch are made.
  private let places: [Int]

  /// Shuffled, varied batches to train on; a last ragged batch is dropped.
  ///
  /// Throws `DatasetError` where the images fill no batch.
  ///
  /// - Parameters:
  ///   - dataset: the images.
  ///   - statistics: by which they are normalised.
  ///   - batchSize: images per batch.
  ///   - seed: of the order and of all variations.
  ///   - augmentation: how images are varied.
  ///   - share: the part of each batch that is made, whose images are those of the whole.
  public init(
    training dataset: ImageDataset, statistics: PixelStatistics, batchSize: Int, seed: UInt64,
    augmentation: Augmentation = .none, share: BatchShare = .whole
  ) throws {
    guard batchSize >= 1, batchSize <= dataset.count else {
      throw DatasetError(
        place: dataset.name, problem: "\(dataset.count) images fill no batch of \(batchSize)",
        advice: "choose a batch size from 1 to \(dataset.count)")
    }
    self.dataset = dataset
    self.batchSize = batchSize
    batchCount = dataset.count / batchSize
    filler = BatchFiller(dataset: dataset, statistics: statistics)
    shuffle = (seed, augmentation)
    places = share.places(in: batchSize)
  }

  /// Every image once, as it is and in the data set's order; the last batch may be smaller.
  ///
  /// Throws `DatasetError` for a batch size below one.
  public init(
    evaluating dataset: ImageDataset, statistics: PixelStatistics, batchSize: Int
  ) throws {
    guard batchSize >= 1 else {
      throw DatasetError(
        place: dataset.name, problem: "a batch of \(batchSize) images is no batch",
        advice: "choose a batch size of at least 1")
    }
    self.dataset = dataset
    self.batchSize = batchSize
    batchCount = dataset.count / batchSize + (dataset.count % batchSize == 0 ? 0 : 1)
    filler = BatchFiller(dataset: dataset, statistics: statistics)
    shuffle = nil
    places = []
  }

  /// The batch at `index` in `0..<batchCount` of an epoch.
  ///
  /// Throws what a data set's source throws.
  public func batch(epoch: Int = 0, index: Int) throws -> Batch {
    precondition((0..<batchCount).contains(index), "batch \(index) of \(batchCount)")
    let range = index * batchSize..<min((index + 1) * batchSize, dataset.count)
    guard let shuffle else { return try filler.batch(Array(range)) }
    let order = Permutation(count: dataset.count, seed: shuffle.seed, epoch: epoch)
    return try filler.batch(
      range.map { order[$0] }, places: places, varied: shuffle.augmentation,
      by: ImageKey(seed: shuffle.seed, epoch: epoch, batch: index, place: 0))
  }
}
