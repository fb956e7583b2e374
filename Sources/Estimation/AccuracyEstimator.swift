import Datasets
import Operators
import Search
import Supernets

/// Top-1 accuracy of subnets with inherited weights: recalibrate batch norm, then count.
public final class AccuracyEstimator {
  public let supernet: Supernet
  private let calibration: [Tensor]

  /// - Parameters:
  ///   - supernet: whose subnets are judged.
  ///   - calibration: training images on the supernet's device, in batches.
  public init(_ supernet: Supernet, calibration: [LabelledImages]) {
    self.supernet = supernet
    self.calibration = calibration.map(\.images)
  }

  /// Calibrates on the first of the images that a supernet was trained on.
  public convenience init(
    _ supernet: Supernet, trainedOn data: DatasetSplits, calibrationImages: Int = 1024
  ) throws {
    self.init(
      supernet,
      calibration: try LabelledImages.batches(
        of: data.train.prefix(calibrationImages), statistics: data.statistics,
        batchSize: 128, on: supernet.device))
  }

  /// The batch norm that a subnet is judged and handed over with.
  public func recalibrated(_ architecture: Architecture) throws -> BatchNormStatistics {
    try supernet.recalibrated(architecture, images: calibration)
  }

  /// Top-1 as a fraction, recalibrating batch norm for this unless it is given.
  public func top1(
    _ architecture: Architecture, statistics: BatchNormStatistics? = nil,
    on images: [LabelledImages]
  ) throws -> Double {
    let correct = try SubnetInference(
      supernet, architecture, try statistics ?? recalibrated(architecture)
    ).correct(images)
    return Double(correct.lazy.filter { $0 }.count) / Double(correct.count)
  }
}
