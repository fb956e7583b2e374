/// The images that a network was made for; data that is made or decoded follows it.
public struct ImageForm: Equatable, Sendable {
  /// Height and width.
  public var size: Int
  public var channels: Int

  public init(size: Int = 28, channels: Int = 1) {
    self.size = size
    self.channels = channels
  }
}

/// How an image that is not square becomes square.
public enum ImageFit: String, CaseIterable, Sendable {
  /// Its middle, as large as possible.
  case crop
  /// All of it, stretched.
  case stretch
  /// All of it, between black margins.
  case pad
}

/// What becomes of an image file that cannot be decoded.
public enum BrokenImages: String, CaseIterable, Sendable { case refuse, skip }

/// What is asked of a data set.
public struct DatasetRequest: Sendable {
  /// Where its files are; nil for their usual place.
  public var path: String?
  public var form: ImageForm
  /// Of image files.
  public var fit = ImageFit.crop
  /// Of image files.
  public var broken = BrokenImages.refuse
  /// The part of the images that is set aside for test, where the data names none.
  public var testShare = 0.15
  /// Chooses the images that are set aside.
  public var seed: UInt64 = 0
  /// Where decoded images are kept; nil for the user's cache.
  public var cache: String?
  /// Is told how many image files of how many are decoded, from any thread.
  public var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }

  public init(path: String? = nil, form: ImageForm = ImageForm()) {
    self.path = path
    self.form = form
  }

  /// The path, which this kind of data cannot do without.
  func path(of name: String, holding what: String) throws -> String {
    guard let path else {
      throw DatasetError(
        place: name, problem: "no folder was given", advice: "give the path (--data) of \(what)")
    }
    return path
  }
}

/// A data set in the parts that its files name.
public struct LoadedDataset: Sendable {
  public var train: ImageDataset
  /// Nil where it is to be set aside from the training images.
  public var validation: ImageDataset?
  public var test: ImageDataset
  /// Whether images are set aside class by class.
  public var isStratified: Bool
  /// What the user should know, a line each.
  public var notes: [String]

  public init(
    train: ImageDataset, validation: ImageDataset? = nil, test: ImageDataset,
    isStratified: Bool = true, notes: [String] = []
  ) {
    self.train = train
    self.validation = validation
    self.test = test
    self.isStratified = isStratified
    self.notes = notes
  }
}

extension LoadedDataset {
  /// Fits parts together, setting test images aside where there are none.
  ///
  /// Throws `DatasetError` where a class has too few images to be in every part, or only one class is.
  ///
  /// - Parameter place: what is at fault.
  init(
    train: ImageDataset, validation: ImageDataset?, test: ImageDataset?, notes: [String] = [],
    _ request: DatasetRequest, place: String
  ) throws {
    guard train.classCount >= 2 else {
      throw DatasetError(
        place: place, problem: "all images are of one class, \(train.classNames.first ?? "")",
        advice: "bring images of at least two classes")
    }
    // One to learn from, and one for each part that is set aside.
    let parts = 1 + (validation == nil ? 1 : 0) + (test == nil ? 1 : 0)
    for (label, count) in train.classSizes.enumerated() where count < parts {
      throw DatasetError(
        place: place,
        problem: "class \(train.classNames[label]) has \(count == 0 ? "no" : "\(count)") training "
          + "image\(count == 1 ? "" : "s")",
        advice: "bring at least \(parts), or take the class away")
    }
    var (rest, aside) = (train, test)
    if aside == nil {
      let count = Int((Double(train.count) * request.testShare).rounded())
      let split = train.setting(aside: train.stratified(max(1, count), seed: request.seed, use: 0))
      (rest, aside) = (split.rest, split.aside)
    }
    var notes = notes
    for (part, name) in [(validation, "validation"), (test, "test")] {
      guard let part else { continue }
      let missing = zip(part.classNames, part.classSizes).filter { $0.1 == 0 }.map(\.0)
      guard let first = missing.first else { continue }
      let more = missing.count > 1 ? " and \(missing.count - 1) more" : ""
      notes.append(
        "Note: no \(name) image of class \(first)\(more): accuracies say nothing of it.")
    }
    self.init(train: rest, validation: validation, test: aside ?? rest, notes: notes)
  }
}

extension ImageDataset {
  /// How many images each class has.
  var classSizes: [Int] {
    labels.reduce(into: [Int](repeating: 0, count: classCount)) { $0[Int($1)] += 1 }
  }
}
