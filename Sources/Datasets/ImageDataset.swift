/// Labelled images of one size, kept as the bytes they came in.
public struct ImageDataset: Sendable {
  /// What people call it.
  public let name: String
  /// Extents of every image in pixels.
  public let height: Int
  /// Extents of every image in pixels.
  public let width: Int
  /// Values per pixel: 1 for grey, 3 for colour.
  public let channels: Int
  /// All pixels, `[N,H,W,C]`.
  public let images: [UInt8]
  /// The class of each image, `[N]`, each in `0..<classNames.count`.
  public let labels: [Int32]
  /// What each class is called.
  public let classNames: [String]

  /// Gathers images and labels that fit together.
  public init(
    name: String, height: Int, width: Int, channels: Int, images: [UInt8], labels: [Int32],
    classNames: [String]
  ) {
    precondition(
      images.count == labels.count * height * width * channels,
      "\(labels.count) labels for \(images.count) bytes of \(height)x\(width)x\(channels) images")
    precondition(
      labels.allSatisfy { (0..<classNames.count).contains(Int($0)) },
      "a label outside 0..<\(classNames.count)")
    self.name = name
    self.height = height
    self.width = width
    self.channels = channels
    self.images = images
    self.labels = labels
    self.classNames = classNames
  }

  /// The number of images.
  public var count: Int { labels.count }

  /// The number of classes.
  public var classCount: Int { classNames.count }

  /// Bytes per image.
  public var imageSize: Int { height * width * channels }

  /// The images at the given positions, in that order.
  public func selecting(_ positions: [Int]) -> ImageDataset {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(positions.count * imageSize)
    for position in positions {
      pixels += images[position * imageSize..<(position + 1) * imageSize]
    }
    return ImageDataset(
      name: name, height: height, width: width, channels: channels, images: pixels,
      labels: positions.map { labels[$0] }, classNames: classNames)
  }

  /// The first images, at most `count` of them.
  public func prefix(_ count: Int) -> ImageDataset {
    selecting(Array(0..<min(count, self.count)))
  }
}
