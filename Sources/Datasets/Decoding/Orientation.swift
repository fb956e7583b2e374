/// How a camera was held: which way up the stored pixels are, as EXIF numbers it.
///
/// Source: CIPA DC-008 (Exif 2.32), tag 274.
package struct Orientation: Equatable, Sendable {
  /// 1 to 8; 1 is upright.
  package let number: Int

  package init(_ number: Int) { self.number = (1...8).contains(number) ? number : 1 }

  /// What a JPEG file says before its pixels; upright where it says nothing that can be read.
  init(ofJPEG bytes: [UInt8]) { self.init(Self.number(inJPEG: bytes) ?? 1) }

  private static func number(inJPEG bytes: [UInt8]) -> Int? {
    var at = 2
    while at + 4 <= bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
      let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
      let end = at + 2 + length
      guard length >= 2, end <= bytes.count else { break }
      let segment = bytes[at + 4..<end]
      if bytes[at + 1] == 0xE1, segment.starts(with: Array("Exif\0\0".utf8)) {
        return tag(in: Array(segment.dropFirst(6)))
      }
      at = end
    }
    return nil
  }

  /// The tag in a TIFF header's first directory.
  private static func tag(in tiff: [UInt8]) -> Int? {
    guard tiff.count >= 8 else { return nil }
    let isBig = tiff[0] == UInt8(ascii: "M")
    func number(_ at: Int, _ count: Int) -> Int? {
      guard at >= 0, at + count <= tiff.count else { return nil }
      let bytes = tiff[at..<at + count]
      return (isBig ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
    for entry in 0..<count {
      let at = directory + 2 + 12 * entry
      guard let tag = number(at, 2) else { return nil }
      if tag == 274 { return number(at + 8, 2) }
    }
    return nil
  }
}

extension Raster {
  /// The image as it was seen.
  package func upright(_ orientation: Orientation) -> Raster {
    let number = orientation.number
    guard number != 1 else { return self }
    let isTurned = number >= 5
    let (wide, high) = isTurned ? (height, width) : (width, height)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for y in 0..<high {
      for x in 0..<wide {
        // Where the pixel is stored.
        let (column, row) =
          switch number {
          case 2: (width - 1 - x, y)
          case 3: (width - 1 - x, height - 1 - y)
          case 4: (x, height - 1 - y)
          case 5: (y, x)
          case 6: (y, height - 1 - x)
          case 7: (width - 1 - y, height - 1 - x)
          default: (width - 1 - y, x)
          }
        let start = (row * width + column) * channels
        for channel in 0..<channels { result.append(bytes[start + channel]) }
      }
    }
    return Raster(width: wide, height: high, channels: channels, bytes: result)
  }
}
