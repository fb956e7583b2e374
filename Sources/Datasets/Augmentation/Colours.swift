/// What changes an image's colours, each as in the Python Imaging Library.
extension Canvas {
  var middle: Point { Point(Float(width - 1) / 2, Float(height - 1) / 2) }

  /// The mean brightness, a whole number.
  var meanGrey: Float {
    var sum = 0
    for start in stride(from: 0, to: pixels.count, by: channels) { sum += Int(grey(at: start)) }
    return (Float(sum) / Float(width * height)).rounded()
  }

  /// Colours nearer to their grey (a factor below 1) or farther from it.
  func saturate(_ factor: Float) {
    guard channels == 3 else { return }
    for start in stride(from: 0, to: pixels.count, by: 3) {
      let grey = Float(grey(at: start))
      for place in start..<start + 3 {
        pixels[place] = Self.byte(grey + (Float(pixels[place]) - grey) * factor)
      }
    }
  }

  /// Nearer to a smooth image (a factor below 1) or farther from it; the outermost pixels stay.
  func sharpen(_ factor: Float) {
    guard width > 2, height > 2 else { return }
    let line = width * channels
    _ = spare.update(fromContentsOf: pixels)
    /// Three pixels beside each other, of one channel.
    func three(_ place: Int) -> Int {
      Int(spare[place - channels]) + Int(spare[place]) + Int(spare[place + channels])
    }
    for y in 1..<height - 1 {
      for place in y * line + channels..<(y + 1) * line - channels {
        let sum = three(place - line) + three(place) + three(place + line) + 4 * Int(spare[place])
        let smooth = Float(sum) / 13
        pixels[place] = Self.byte(smooth + (Float(spare[place]) - smooth) * factor)
      }
    }
  }

  /// The darkest value of each channel becomes 0, the brightest 255.
  func stretchContrast() {
    let counts = histogram
    var table: [UInt8] = []
    for channel in 0..<channels {
      let own = counts[channel << 8..<(channel + 1) << 8]
      let first = (own.firstIndex { $0 > 0 } ?? 0) & 255
      let last = (own.lastIndex { $0 > 0 } ?? 0) & 255
      table += (0..<256).map { value in
        last > first
          ? Self.byte(Float(value - first) * 255 / Float(last - first)) : UInt8(value)
      }
    }
    map(table)
  }

  /// All values of each channel become about as frequent.
  func equalize() {
    let counts = histogram
    var table: [UInt8] = []
    for channel in 0..<channels {
      let own = counts[channel << 8..<(channel + 1) << 8]
      // All but the brightest value that is there, over the steps between values.
      let step = (own.reduce(0, +) - (own.last { $0 > 0 } ?? 0)) / 255
      var sum = step / 2
      table += own.enumerated().map { value, count in
        defer { sum += count }
        return step > 0 ? UInt8(min(255, sum / step)) : UInt8(value)
      }
    }
    map(table)
  }
}
