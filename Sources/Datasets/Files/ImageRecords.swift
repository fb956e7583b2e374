/// Images in records of one size, in files one behind the other, in whatever layout they have there.
struct ImageRecords: PixelSource {
  /// Records that follow each other in one file.
  struct Part: Sendable {
    let region: any ByteRegion
    /// Where the first image's pixels begin.
    let start: Int
    let count: Int
  }

  /// `[H,W,C]`, or `[C,H,W]`.
  enum Layout: Sendable { case interleaved, planar }

  let parts: [Part]
  /// From one image to the next in bytes.
  let stride: Int
  let layout: Layout
  /// Pixels of an image, height times width.
  let pixels: Int
  /// Values per pixel as they are stored: 1 or 3.
  let stored: Int
  /// Values per pixel as they are wanted: 1 or 3.
  let wanted: Int
  /// Where the pixels' checksum is known.
  var identity: String?

  var count: Int { parts.reduce(0) { $0 + $1.count } }

  func copy(imageAt position: Int, into target: UnsafeMutableRawBufferPointer) {
    var place = position
    for part in parts {
      guard place >= part.count else {
        return copy(from: part.region, at: part.start + place * stride, into: target)
      }
      place -= part.count
    }
    preconditionFailure("image \(position) of \(count)")
  }

  private func copy(
    from region: any ByteRegion, at start: Int, into target: UnsafeMutableRawBufferPointer
  ) {
    guard stored != wanted || stored > 1 && layout == .planar else {
      return region.copy(from: start, into: target)
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pixels * stored) { record in
      region.copy(from: start, into: UnsafeMutableRawBufferPointer(record))
      convert(record, to: target)
    }
  }

  private func convert(
    _ record: UnsafeMutableBufferPointer<UInt8>, to target: UnsafeMutableRawBufferPointer
  ) {
    // From one channel to the next, and from one pixel to the next; a grey is all three colours.
    let across = stored == 1 ? 0 : layout == .planar ? pixels : 1
    let along = layout == .planar ? 1 : stored
    for pixel in 0..<pixels {
      let first = pixel * along
      let (red, green, blue) = (record[first], record[first + across], record[first + 2 * across])
      if wanted == 1 {
        target[pixel] = Grey.of(red, green, blue)
      } else {
        target[3 * pixel] = red
        target[3 * pixel + 1] = green
        target[3 * pixel + 2] = blue
      }
    }
  }
}

/// The brightness of a colour, as JPEG has it (BT.601).
enum Grey {
  static func of(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let (red, green, blue) = (19_595 * Int(red), 38_470 * Int(green), 7_471 * Int(blue))
    return UInt8((red + green + blue + 32_768) >> 16)
  }
}
