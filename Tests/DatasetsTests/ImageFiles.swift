import Datasets

/// Image files made for tests.
enum ImageFiles {
  /// One colour all over.
  static func plain(_ color: [UInt8], width: Int = 8, height: Int = 8) -> Raster {
    Raster(
      width: width, height: height, channels: color.count,
      bytes: (0..<width * height).flatMap { _ in color })
  }

  /// A JPEG file with an EXIF segment that tells how the camera was held.
  static func jpeg(_ raster: Raster, orientation: UInt8, isBigEndian: Bool) throws -> [UInt8] {
    let bytes = try JPEGFile.encode(raster, quality: 100)
    let number: [UInt8] = isBigEndian ? [0, orientation] : [orientation, 0]
    let tiff: [UInt8] =
      isBigEndian
      ? Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1] + number
        + [0, 0, 0, 0, 0, 0]
      : Array("II".utf8) + [42, 0, 8, 0, 0, 0, 1, 0, 18, 1, 3, 0, 1, 0, 0, 0] + number
        + [0, 0, 0, 0, 0, 0]
    let content = Array("Exif\0\0".utf8) + tiff
    return bytes[..<2] + [0xFF, 0xE1, 0, UInt8(content.count + 2)] + content + bytes[2...]
  }

  /// A folder of classes, each with so many images of a colour of its own, by turns PNG and JPEG.
  static func write(
    _ classes: [(name: String, color: [UInt8])], count: Int, to folder: TemporaryFolder,
    in place: String = ""
  ) throws {
    for (name, color) in classes {
      for index in 0..<count {
        let raster = plain(color, width: 10 + index, height: 14)
        let isPNG = index % 2 == 0
        folder.write(
          try isPNG ? PNGFile.encode(raster) : JPEGFile.encode(raster, quality: 95),
          as: "\(place)\(name)/\(index).\(isPNG ? "png" : "JPG")")
      }
    }
  }
}
