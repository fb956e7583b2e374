import Foundation

/// Two hundred training and sixty test images in IDX files: a bright bar whose place is the class.
enum TinyImages {
  static func write(
    to folder: URL, training: Int = 200, test: Int = 60, seed: UInt64 = 1
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var noise = seed
    for (prefix, count) in [("train", training), ("t10k", test)] {
      var images = header(3, [count, 28, 28])
      var labels = header(1, [count])
      for image in 0..<count {
        labels.append(UInt8(image % 10))
        for pixel in 0..<28 * 28 {
          noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let isBar = pixel % 28 * 10 / 28 == image % 10
          images.append((isBar ? 160 : 20) + UInt8(noise >> 58))
        }
      }
      try images.write(to: folder.appendingPathComponent("\(prefix)-images-idx3-ubyte"))
      try labels.write(to: folder.appendingPathComponent("\(prefix)-labels-idx1-ubyte"))
    }
  }

  private static func header(_ rank: UInt8, _ shape: [Int]) -> Data {
    var bytes = Data([0, 0, 8, rank])
    for extent in shape {
      bytes += stride(from: 24, through: 0, by: -8).map {
        UInt8(truncatingIfNeeded: extent >> $0)
      }
    }
    return bytes
  }
}
