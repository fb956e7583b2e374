/// A side of an image made another length: each new pixel is a weighted mean of old ones.
///
/// The weights are a triangle as wide as a new pixel's distance to the next, at least an old one's: linear
/// interpolation of larger images, and an average without aliases of smaller ones.
private struct Resampling {
  let starts: [Int]
  /// The same number for each new pixel, behind one another.
  let weights: [Float]
  let taps: Int

  /// - Parameters:
  ///   - range: the part of the old side that is taken, in pixels; it may lie between them.
  ///   - count: new pixels.
  init(_ range: Range<Float>, of length: Int, to count: Int) {
    let scale = (range.upperBound - range.lowerBound) / Float(count)
    let reach = max(scale, 1)
    taps = min(length, Int(2 * reach) + 2)
    var (starts, weights) = ([Int](), [Float]())
    for index in 0..<count {
      let center = range.lowerBound + (Float(index) + 0.5) * scale
      let start = min(max(0, Int((center - reach).rounded(.down))), length - taps)
      let raw = (start..<start + taps).map {
        max(0, 1 - abs(Float($0) + 0.5 - center) / reach)
      }
      let sum = raw.reduce(0, +)
      starts.append(start)
      weights += raw.map { $0 / sum }
    }
    self.starts = starts
    self.weights = weights
  }
}

extension Raster {
  /// The image as a square of the given side.
  package func square(_ side: Int, _ fit: ImageFit) -> Raster {
    switch fit {
    case .stretch: return resized(0..<Float(width), 0..<Float(height), to: side, side)
    case .crop:
      let least = Float(min(width, height))
      let (left, top) = ((Float(width) - least) / 2, (Float(height) - least) / 2)
      return resized(left..<left + least, top..<top + least, to: side, side)
    case .pad:
      let most = max(width, height)
      let (wide, high) = (max(1, width * side / most), max(1, height * side / most))
      let inner = resized(0..<Float(width), 0..<Float(height), to: wide, high)
      var bytes = [UInt8](repeating: 0, count: side * side * channels)
      let (left, top) = ((side - wide) / 2, (side - high) / 2)
      for row in 0..<high {
        let start = ((top + row) * side + left) * channels
        let line = inner.bytes[row * wide * channels..<(row + 1) * wide * channels]
        bytes.replaceSubrange(start..<start + wide * channels, with: line)
      }
      return Raster(width: side, height: side, channels: channels, bytes: bytes)
    }
  }

  /// A part of the image at another size, first along rows, then along columns.
  private func resized(
    _ columns: Range<Float>, _ rows: Range<Float>, to wide: Int, _ high: Int
  ) -> Raster {
    let (across, down) = (
      Resampling(columns, of: width, to: wide), Resampling(rows, of: height, to: high)
    )
    var lines = [Float](repeating: 0, count: height * wide * channels)
    let result = [UInt8](unsafeUninitializedCapacity: wide * high * channels) { target, count in
      bytes.withUnsafeBufferPointer { bytes in
        lines.withUnsafeMutableBufferPointer { lines in
          for y in 0..<height {
            for x in 0..<wide {
              for channel in 0..<channels {
                var (sum, at) = (Float(0), (y * width + across.starts[x]) * channels + channel)
                for tap in 0..<across.taps {
                  sum += across.weights[x * across.taps + tap] * Float(bytes[at])
                  at += channels
                }
                lines[(y * wide + x) * channels + channel] = sum
              }
            }
          }
          let line = wide * channels
          for y in 0..<high {
            for x in 0..<line {
              var sum: Float = 0
              for tap in 0..<down.taps {
                sum += down.weights[y * down.taps + tap] * lines[(down.starts[y] + tap) * line + x]
              }
              target[y * line + x] = UInt8(max(0, min(255, sum + 0.5)))
            }
          }
        }
      }
      count = wide * high * channels
    }
    return Raster(width: wide, height: high, channels: channels, bytes: result)
  }
}
