import TensorFiles

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
  /// The class of each image, `[N]`, each in `0..<classNames.count`.
  public let labels: [Int32]
  /// What each class is called.
  public let classNames: [String]
  private let source: any PixelSource
  /// Where the source has each image; nil where all are the source's, in its order.
  private let positions: [Int]?

  /// Gathers the labels of images that a source has at positions `0..<labels.count`.
  public init(
    name: String, height: Int, width: Int, channels: Int, pixels source: any PixelSource,
    labels: [Int32], classNames: [String]
  ) {
    self.init(
      name: name, height: height, width: width, channels: channels, source: source,
      positions: nil, labels: labels, classNames: classNames)
  }

  /// Gathers images `[N,H,W,C]` in memory and labels that fit together.
  public init(
    name: String, height: Int, width: Int, channels: Int, images: [UInt8], labels: [Int32],
    classNames: [String]
  ) {
    precondition(
      images.count == labels.count * height * width * channels,
      "\(labels.count) labels for \(images.count) bytes of \(height)x\(width)x\(channels) images")
    self.init(
      name: name, height: height, width: width, channels: channels,
      pixels: PixelArray(bytes: images),
      labels: labels, classNames: classNames)
  }

  private init(
    name: String, height: Int, width: Int, channels: Int, source: any PixelSource,
    positions: [Int]?, labels: [Int32], classNames: [String]
  ) {
    precondition(
      labels.allSatisfy { (0..<classNames.count).contains(Int($0)) },
      "a label outside 0..<\(classNames.count)")
    self.name = name
    self.height = height
    self.width = width
    self.channels = channels
    self.source = source
    self.positions = positions
    self.labels = labels
    self.classNames = classNames
  }

  /// The number of images.
  public var count: Int { labels.count }

  /// The number of classes.
  public var classCount: Int { classNames.count }

  /// Bytes per image.
  public var imageSize: Int { height * width * channels }

  /// Copies the bytes `[H,W,C]` of an image.
  public func copy(imageAt index: Int, into target: UnsafeMutableRawBufferPointer) throws {
    precondition((0..<count).contains(index), "image \(index) of \(count)")
    try source.copy(imageAt: positions?[index] ?? index, into: target)
  }

  /// The images of a range, `[N,H,W,C]`, in memory.
  public func images(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count * imageSize) { bytes, filled in
      for (place, index) in range.enumerated() {
        let part = bytes[place * imageSize..<(place + 1) * imageSize]
        try copy(
          imageAt: index,
          into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: part)))
        filled += imageSize
      }
    }
  }

  /// The images at the given positions, in that order; no pixels are copied.
  public func selecting(_ chosen: [Int]) -> ImageDataset {
    ImageDataset(
      name: name, height: height, width: width, channels: channels, source: source,
      positions: positions.map { positions in chosen.map { positions[$0] } } ?? chosen,
      labels: chosen.map { labels[$0] }, classNames: classNames)
  }

  /// The first images, at most `count` of them.
  public func prefix(_ count: Int) -> ImageDataset {
    selecting(Array(0..<min(count, self.count)))
  }
}

extension ImageDataset {
  /// A checksum of the images and their labels; a source that names its pixels is not read for it.
  ///
  /// Images that cannot be read give another one; whoever uses them next is told why.
  public var checksum: String {
    var sum = Checksum()
    if let identity = source.identity {
      sum.combine(identity)
      sum.combine("\(positions ?? Array(0..<count))")
    } else {
      sum.combine(byteCount: count * imageSize)
      // Eight images at a time are whole words of eight bytes.
      for first in stride(from: 0, to: count, by: 512) {
        guard let part = try? images(first..<min(first + 512, count)) else { break }
        sum.combine(part: part)
      }
    }
    sum.combine("\(labels)")
    return sum.text
  }
}
