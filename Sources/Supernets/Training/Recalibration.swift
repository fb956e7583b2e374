import Datasets
import Operators
import Search

extension Supernet {
  /// Batch-norm statistics of one subnet, averaged over training images (BigNAS, section 3.4).
  ///
  /// Shared weights were trained under each step's own statistics; a subnet is judged only after
  /// its own have been gathered.
  public func recalibrated(
    _ architecture: Architecture, images: [Tensor]
  ) throws -> BatchNormStatistics {
    precondition(!images.isEmpty, "no images to recalibrate with")
    let statistics = BatchNormStatistics(on: device)
    var seen = 0
    for batch in images {
      // Each image weighs the same, in a last smaller batch too.
      seen += batch.shape[0]
      _ = try logits(
        architecture, batch,
        mode: .calibration(statistics, momentum: Float(batch.shape[0]) / Float(seen)),
        tape: Tape(recording: false))
    }
    return statistics
  }
}

/// Images and labels on a device: [N,H,W,C] and [N].
public struct LabelledImages {
  public let images: Tensor
  public let labels: Tensor

  /// A dataset's images in order, unaugmented, in batches.
  public static func batches(
    of dataset: ImageDataset, statistics: PixelStatistics, batchSize: Int, on device: any Device
  ) throws -> [LabelledImages] {
    let sequence = try BatchSequence(
      evaluating: dataset, statistics: statistics, batchSize: batchSize)
    return try (0..<sequence.batchCount).map { try LabelledImages(sequence, index: $0, on: device) }
  }

  /// One after the other, so that a device never holds more than one batch.
  public static func forEachBatch(
    of dataset: ImageDataset, statistics: PixelStatistics, batchSize: Int, on device: any Device,
    _ body: (LabelledImages) throws -> Void
  ) throws {
    let sequence = try BatchSequence(
      evaluating: dataset, statistics: statistics, batchSize: batchSize)
    for index in 0..<sequence.batchCount {
      try body(LabelledImages(sequence, index: index, on: device))
    }
  }

  public init(images: Tensor, labels: Tensor) {
    (self.images, self.labels) = (images, labels)
  }

  /// A batch of a sequence.
  init(
    _ sequence: BatchSequence, epoch: Int = 0, index: Int, on device: any Device
  ) throws {
    let (batch, data) = (try sequence.batch(epoch: epoch, index: index), sequence.dataset)
    images = try device.tensor(
      batch.images, [batch.count, data.height, data.width, data.channels])
    labels = try device.tensor(batch.labels.map(Float.init), [batch.count])
  }
}
