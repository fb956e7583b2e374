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
  public init(train: ImageDataset, validation: ImageDataset, test: ImageDataset) throws {
    self.train = train
    self.validation = validation
    self.test = test
    statistics = try PixelStatistics(of: train)
  }

  /// Sets `validationCount` images aside from `training`; the seed alone says which.
  ///
  /// Throws `DatasetError` where too few images would be left to train on.
  ///
  /// - Parameters:
  ///   - training: what validation images are taken from.
  ///   - test: stays as it is.
  ///   - validationCount: how many to set aside.
  ///   - seed: says which.
  ///   - isStratified: every class gives its share; else chance says how many.
  public init(
    training: ImageDataset, test: ImageDataset, validationCount: Int, seed: UInt64 = 0,
    isStratified: Bool = false
  ) throws {
    guard validationCount >= 0, validationCount < training.count else {
      throw DatasetError(
        place: training.name,
        problem: "cannot set \(validationCount) of \(training.count) training images aside",
        advice: "ask for 0 to \(training.count - 1) validation images")
    }
    let aside: [Int]
    if isStratified {
      aside = training.stratified(validationCount, seed: seed, use: 1)
    } else {
      let order = Permutation(count: training.count, seed: seed, epoch: -1)
      aside = (0..<validationCount).map { order[$0] }
    }
    let parts = training.setting(aside: aside)
    try self.init(train: parts.rest, validation: parts.aside, test: test)
  }

  /// The parts that a data set came in, its validation images set aside where it has none.
  public init(_ loaded: LoadedDataset, validationCount: Int, seed: UInt64 = 0) throws {
    if let validation = loaded.validation {
      try self.init(train: loaded.train, validation: validation, test: loaded.test)
    } else {
      try self.init(
        training: loaded.train, test: loaded.test, validationCount: validationCount, seed: seed,
        isStratified: loaded.isStratified)
    }
  }
}

extension ImageDataset {
  /// Positions of about `count` images, of each class as many as its share, chosen by the seed.
  ///
  /// A class of two or more gives one at least and keeps one.
  ///
  /// - Parameter use: what they are for: another use of the same seed chooses others.
  func stratified(_ count: Int, seed: UInt64, use: Int) -> [Int] {
    guard count > 0 else { return [] }
    var members = [[Int]](repeating: [], count: classCount)
    for (position, label) in labels.enumerated() { members[Int(label)].append(position) }
    return members.enumerated().flatMap { label, positions in
      let share = (2 * count * positions.count + self.count) / (2 * self.count)
      let taken = max(0, min(max(share, 1), positions.count - 1))
      let order = Permutation(
        count: max(1, positions.count), seed: seed, epoch: -2 - use - 2 * label)
      return (0..<taken).map { positions[order[$0]] }
    }
  }

  /// The images at these positions, and all others, each in the data set's order.
  func setting(aside: [Int]) -> (aside: ImageDataset, rest: ImageDataset) {
    let chosen = Set(aside)
    return (
      selecting(aside.sorted()), selecting((0..<count).filter { !chosen.contains($0) })
    )
  }
}
