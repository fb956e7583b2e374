/// The bytes `[H,W,C]` of one image being varied, and as many to work with.
struct Canvas {
  let width: Int
  let height: Int
  let channels: Int
  let pixels: UnsafeMutableBufferPointer<UInt8>
  let spare: UnsafeMutableBufferPointer<UInt8>

  /// Replaces every byte of a channel by what the table says, 256 entries a channel.
  func map(_ table: [UInt8]) {
    table.withUnsafeBufferPointer { table in
      var start = 0
      while start < pixels.count {
        for channel in 0..<channels {
          pixels[start + channel] = table[channel << 8 | Int(pixels[start + channel])]
        }
        start += channels
      }
    }
  }

  /// Replaces every byte by what a function of the byte says.
  func map(_ value: (Float) -> Float) {
    let table = (0..<256).map { Self.byte(value(Float($0))) }
    map([[UInt8]](repeating: table, count: channels).flatMap(\.self))
  }

  /// How often each byte is there, 256 entries a channel.
  var histogram: [Int] {
    var counts = [Int](repeating: 0, count: channels << 8)
    counts.withUnsafeMutableBufferPointer { counts in
      for start in stride(from: 0, to: pixels.count, by: channels) {
        for channel in 0..<channels { counts[channel << 8 | Int(pixels[start + channel])] += 1 }
      }
    }
    return counts
  }

  /// The brightness of the pixel that begins at a place.
  func grey(at start: Int) -> UInt8 {
    channels == 3 ? Grey.of(pixels[start], pixels[start + 1], pixels[start + 2]) : pixels[start]
  }

  static func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value + 0.5))) }

  /// An affine map from where a pixel is to where it comes from, both in pixels.
  struct Warp {
    // x' = xx * x + xy * y + x0
    var xx: Float = 1
    var xy: Float = 0
    var x0: Float = 0
    // y' = yx * x + yy * y + y0
    var yx: Float = 0
    var yy: Float = 1
    var y0: Float = 0
  }

  /// Moves pixels, each a linear interpolation of four; what comes from outside is black.
  func apply(_ warp: Warp) {
    guard let source = pixels.baseAddress, var target = spare.baseAddress else { return }
    let line = width * channels
    for y in 0..<height {
      for x in 0..<width {
        let fromX = warp.xx * Float(x) + warp.xy * Float(y) + warp.x0
        let fromY = warp.yx * Float(x) + warp.yy * Float(y) + warp.y0
        if fromX >= 0, fromY >= 0, fromX < Float(width - 1), fromY < Float(height - 1) {
          // All four are there; a number that is not negative is cut to the whole number below it.
          let (column, row) = (Int(fromX), Int(fromY))
          let (part, lower) = (fromX - Float(column), fromY - Float(row))
          let first = source + row * line + column * channels
          for channel in 0..<channels {
            let (above, below) = (first + channel, first + channel + line)
            let upper = Float(above[0]) * (1 - part) + Float(above[channels]) * part
            let under = Float(below[0]) * (1 - part) + Float(below[channels]) * part
            target[channel] = Self.byte(upper * (1 - lower) + under * lower)
          }
        } else {
          interpolate(fromX, fromY, into: target)
        }
        target += channels
      }
    }
    _ = pixels.update(fromContentsOf: spare)
  }

  /// A pixel some of whose four neighbours may lie outside.
  private func interpolate(_ x: Float, _ y: Float, into target: UnsafeMutablePointer<UInt8>) {
    guard x > -1, x < Float(width), y > -1, y < Float(height) else {
      for channel in 0..<channels { target[channel] = 0 }
      return
    }
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (column, row, part, lower) = (Int(left), Int(top), x - left, y - top)
    for channel in 0..<channels {
      func value(_ row: Int, _ column: Int) -> Float {
        row >= 0 && row < height && column >= 0 && column < width
          ? Float(pixels[(row * width + column) * channels + channel]) : 0
      }
      let upper = value(row, column) * (1 - part) + value(row, column + 1) * part
      let under = value(row + 1, column) * (1 - part) + value(row + 1, column + 1) * part
      target[channel] = Self.byte(upper * (1 - lower) + under * lower)
    }
  }

  /// A cut of at least a part of the area becomes the whole image; its sides are up to 4:3 or 3:4.
  func cutAndResize(keeping least: Float, _ random: inout SeededRandom) {
    let area = random.number(in: least...1)
    let ratio = random.number(in: 0.75...1).squareRoot()
    let isWide = random.chance(0.5)
    let (long, short) = (min(1, area.squareRoot() / ratio), min(1, area.squareRoot() * ratio))
    let (across, down) = isWide ? (long, short) : (short, long)
    // From the first pixel of the cut to its last one: there is no black beyond the image's edge.
    func step(_ part: Float, _ length: Int) -> Float {
      length > 1 ? max(0, part * Float(length) - 1) / Float(length - 1) : 1
    }
    let left: Float = random.fraction() * (1 - across) * Float(width)
    let top: Float = random.fraction() * (1 - down) * Float(height)
    apply(Warp(xx: step(across, width), x0: left, yy: step(down, height), y0: top))
  }
}
