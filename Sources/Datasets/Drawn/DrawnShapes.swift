/// A data set drawn in code: ten shapes at any place, size and angle over clutter.
///
/// A linear classifier cannot learn it, a small convolutional net can. Each image is a function
/// of the seed, the split and its index alone; arithmetic is IEEE addition, multiplication,
/// division and square root only, so every machine draws the same bytes.
public struct DrawnShapes: Sendable {
  /// Least height and width in pixels.
  public static let leastSize = 16

  /// Images to train on.
  public var trainCount: Int
  /// Images to test on.
  public var testCount: Int
  /// Height and width in pixels.
  public var size: Int
  /// 1 for grey, 3 for colour.
  public var channels: Int
  /// The seed of everything that is random.
  public var seed: UInt64

  /// Chooses what to draw.
  public init(
    trainCount: Int = 10_000, testCount: Int = 2_000, size: Int = 28, channels: Int = 1,
    seed: UInt64 = 1
  ) {
    precondition(
      size >= Self.leastSize && channels >= 1 && trainCount >= 0 && testCount >= 0,
      "\(trainCount) and \(testCount) images of \(size)x\(size)x\(channels)")
    self.trainCount = trainCount
    self.testCount = testCount
    self.size = size
    self.channels = channels
    self.seed = seed
  }

  /// What the ten classes are called.
  public static let classNames = Outline.all.map(\.name)

  /// Draws the images to train on and the images to test on.
  public func splits() -> (train: ImageDataset, test: ImageDataset) {
    (drawn(split: 0, count: trainCount), drawn(split: 1, count: testCount))
  }

  /// Classes take turns, so that any run of ten images has each class once.
  private func drawn(split: UInt64, count: Int) -> ImageDataset {
    let labels = (0..<count).map { Int32($0 % Outline.all.count) }
    let imageSize = size * size * channels
    let images = [UInt8](unsafeUninitializedCapacity: count * imageSize) { pixels, filled in
      for (index, label) in labels.enumerated() {
        var random = SeededRandom(0x6472_6177, seed, split, UInt64(index))
        let scene = Scene(
          outline: Outline.all[Int(label)], size: size, channels: channels, &random)
        let range = index * imageSize..<(index + 1) * imageSize
        scene.draw(into: UnsafeMutableBufferPointer(rebasing: pixels[range]), &random)
      }
      filled = count * imageSize
    }
    return ImageDataset(
      name: "drawn-shapes", height: size, width: size, channels: channels, images: images,
      labels: labels, classNames: DrawnShapes.classNames)
  }
}

extension DatasetEntry {
  static let drawnShapes = DatasetEntry(
    name: "drawn-shapes",
    summary:
      "Shapes drawn in code at any size, ten classes, up to 60,000 + 10,000 images; no files."
  ) { request in
    let form = request.form
    if let path = request.path {
      throw DatasetError(
        place: path, problem: "drawn-shapes is made in code and reads no files",
        advice: "give no path")
    }
    guard form.size <= 1024 else {
      throw DatasetError(
        place: "drawn-shapes", problem: "images of side \(form.size) are not drawn",
        advice: "use 1024 at most")
    }
    // Large images are drawn in smaller numbers: all of them lie in memory.
    let size = max(form.size, DrawnShapes.leastSize)
    let bytes = size * size * form.channels
    let count = min(60_000, max(200_000_000 / bytes, min(600, 2_000_000_000 / bytes), 24))
    let (train, test) = DrawnShapes(
      trainCount: count, testCount: count / 6, size: size, channels: form.channels
    ).splits()
    return LoadedDataset(train: train, test: test, isStratified: false)
  }
}
