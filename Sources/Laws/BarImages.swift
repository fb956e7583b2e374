import Datasets
import Search

/// Images that a tiny network tells apart after a few steps: a bright bar in noise, whose place is
/// the class.
public enum BarImages {
  /// `count` grey images of 16x16 pixels in eight classes.
  public static func make(_ count: Int, seed: UInt64 = 1) -> ImageDataset {
    var generator = SeededGenerator(seed: seed)
    var images: [UInt8] = []
    for image in 0..<count {
      for pixel in 0..<16 * 16 {
        let isBar = pixel % 16 / 2 == image % 8
        images.append((isBar ? 160 : 20) + UInt8(truncatingIfNeeded: generator.next() >> 58))
      }
    }
    return ImageDataset(
      name: "bars", height: 16, width: 16, channels: 1, images: images,
      labels: (0..<count).map { Int32($0 % 8) }, classNames: (0..<8).map(String.init))
  }
}
