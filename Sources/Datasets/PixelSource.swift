/// Where a data set's pixels are: in memory, in a mapped file, or wherever a type of one's own has
/// them.
///
/// It is asked from several threads at once, for images in any order.
public protocol PixelSource: Sendable {
  /// Copies the bytes `[H,W,C]` of the image at a position; `target` is as large as an image.
  ///
  /// Throws what the user shall read where they cannot be had.
  func copy(imageAt position: Int, into target: UnsafeMutableRawBufferPointer) throws

  /// What names all pixels, where that is known without reading them: a checksum of theirs, say.
  var identity: String? { get }
}

extension PixelSource {
  public var identity: String? { nil }
}

/// Pixels in memory, `[N,H,W,C]`.
struct PixelArray: PixelSource {
  let bytes: [UInt8]

  func copy(imageAt position: Int, into target: UnsafeMutableRawBufferPointer) {
    bytes.withUnsafeBytes { bytes in
      let start = position * target.count
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + target.count]))
    }
  }
}
