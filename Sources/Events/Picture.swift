import CZlib

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// An image of bytes, grey or in colours, that becomes a PNG file.
public struct Picture: Sendable {
  public let width: Int
  public let height: Int
  /// 1 or 3.
  public let channels: Int
  /// [height, width, channels].
  public let pixels: [UInt8]

  /// Stops the program where the sizes do not fit together.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && [1, 3].contains(channels)
        && pixels.count == width * height * channels,
      "\(pixels.count) bytes for \(width)x\(height)x\(channels)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The PNG file (ISO/IEC 15948): three chunks, each row unfiltered.
  public var png: [UInt8] {
    let header = Self.bytes(width) + Self.bytes(height) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
    let row = width * channels
    let rows = (0..<height).flatMap { [0] + pixels[$0 * row..<($0 + 1) * row] }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + Self.chunk("IHDR", header) + Self.chunk("IDAT", Self.deflated(rows))
      + Self.chunk("IEND", [])
  }

  private static func bytes(_ number: some BinaryInteger) -> [UInt8] {
    withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) }
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let summed = Array(name.utf8) + content
    return bytes(content.count) + summed + bytes(crc32(0, summed, UInt32(summed.count)))
  }

  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(size))
    let code = compress(&result, &size, bytes, UInt(bytes.count))
    precondition(code == Z_OK, "zlib refused its own bound: \(code)")
    return Array(result.prefix(Int(size)))
  }

  var message: TensorBoardSummary.Image {
    var message = TensorBoardSummary.Image()
    (message.width, message.height) = (Int32(width), Int32(height))
    message.colorspace = Int32(channels)
    message.encodedImageString = Data(png)
    return message
  }
}
