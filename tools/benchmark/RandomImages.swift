import Datasets
import Search

/// Images of noise: what they show changes no time.
enum RandomImages {
  static func dataset(count: Int, side: Int, channels: Int, classes: Int) -> ImageDataset {
    var generator = SeededGenerator(seed: 3)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * side * side * channels + 8)
    while bytes.count < count * side * side * channels {
      withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
    }
    bytes.removeLast(bytes.count - count * side * side * channels)
    return ImageDataset(
      name: "noise", height: side, width: side, channels: channels, images: bytes,
      labels: (0..<count).map { Int32($0 % classes) },
      classNames: (0..<classes).map(String.init))
  }
}
