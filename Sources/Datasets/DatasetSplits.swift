/// One data set in three parts: to train on, to choose by, and to report on.
public struct DatasetSplits: Sendable {
  /// Images to train on.
  public let train: ImageDataset
  /// Images to compare candidates by, taken from the training images and never from the test.
  public let validation: ImageDataset
  /// Images to report on, seen by no search.
  public let test: ImageDataset
  /// Mean and standard deviation of the images to train on.
  public let statistics: PixelStatistics

  /// Three parts as they are.
  public init(train: ImageDataset, validation: ImageDataset, test: ImageDataset) {
    self.train = train
    self.validation = validation
    self.test = test
    statistics = PixelStatistics(of: train)
  }

  /// Sets `validationCount` images aside from `training`; the seed alone says which.
  ///
  /// Throws `DatasetError` where too few images would be left to train on.
  public init(
    training: ImageDataset, test: ImageDataset, validationCount: Int, seed: UInt64 = 0
  ) throws {
    guard validationCount >= 0, validationCount < training.count else {
      throw DatasetError(
        place: training.name,
        problem: "cannot set \(validationCount) of \(training.count) training images aside",
        advice: "ask for 0 to \(training.count - 1) validation images")
    }
    let order = Permutation(count: training.count, seed: seed, epoch: -1)
    let positions = (0..<training.count).map { order[$0] }
    validation = training.selecting(positions[..<validationCount].sorted())
    train = training.selecting(positions[validationCount...].sorted())
    self.test = test
    statistics = PixelStatistics(of: train)
  }
}
