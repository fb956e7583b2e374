/// An image of any size in memory, `[H,W,C]`.
package struct Raster: Equatable, Sendable {
  package var width: Int
  package var height: Int
  /// 1 for grey, 3 for colour.
  package var channels: Int
  package var bytes: [UInt8]

  package init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
    precondition(
      bytes.count == width * height * channels, "\(bytes.count) bytes of \(width)x\(height)")
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }
}

/// Image files as bytes: PNG and JPEG, told apart by how they begin.
package enum ImageFile {
  /// Larger images are refused: 134 million pixels.
  static let mostPixels = 1 << 27
  /// Larger files are refused: more than such an image needs.
  static let mostBytes = 1 << 30

  /// Decodes a file into grey or colour, upright.
  ///
  /// Greys of 16 bits are cut to 8, what is transparent lies on white, colours become grey by BT.601.
  /// Throws `DatasetError` for what cannot be decoded.
  ///
  /// - Parameters:
  ///   - name: what messages call it.
  ///   - least: a larger image may come smaller, where its format allows that at less cost, but no side
  ///     smaller than that.
  package static func decode(
    _ bytes: [UInt8], name: String, channels: Int, least: Int = .max
  ) throws -> Raster {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      return try JPEGFile.decode(bytes, name: name, channels: channels, least: least)
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      return try PNGFile.decode(bytes, name: name, channels: channels)
    }
    throw DatasetError(
      place: name,
      problem: bytes.isEmpty ? "is empty" : "is neither PNG nor JPEG, whatever its name",
      advice: advice)
  }

  /// What can be done about a broken file.
  static let advice = "mend or remove it, or leave such files out with `broken: skip`"

  static func requireSize(_ width: Int, _ height: Int, name: String) throws {
    guard width > 0, height > 0 else {
      throw DatasetError(place: name, problem: "has no pixels", advice: advice)
    }
    guard width <= mostPixels / height else {
      throw DatasetError(
        place: name,
        problem: "says it has \(width)x\(height) pixels, at most \(mostPixels) are taken",
        advice: advice)
    }
  }
}
