/// Turns stored bytes into normalised batches.
struct BatchFiller: Sendable {
  private let dataset: ImageDataset
  /// (x / 255 - mean) / standard deviation of every byte x: channel c at 256 * c.
  private let values: [Float]

  init(dataset: ImageDataset, statistics: PixelStatistics) {
    precondition(
      statistics.mean.count == dataset.channels,
      "statistics of \(statistics.mean.count) channels for images of \(dataset.channels)")
    self.dataset = dataset
    values = zip(statistics.mean, statistics.standardDeviation).flatMap { mean, deviation in
      (0..<256).map { (Float($0) / 255 - mean) / deviation }
    }
  }

  /// The images at `positions`, each varied by its choice.
  func batch(_ positions: [Int], _ choices: [Augmentation.Choice]) -> Batch {
    let size = dataset.imageSize
    let images = [Float](unsafeUninitializedCapacity: positions.count * size) { output, count in
      guard let target = output.baseAddress else { return }
      dataset.images.withUnsafeBufferPointer { pixels in
        values.withUnsafeBufferPointer { values in
          guard let source = pixels.baseAddress, let values = values.baseAddress else { return }
          for (index, position) in positions.enumerated() {
            fill(target + index * size, from: source + position * size, values, choices[index])
          }
        }
      }
      count = positions.count * size
    }
    return Batch(images: images, labels: positions.map { dataset.labels[$0] })
  }

  /// One image, row by row; pixels that the cut takes from outside are black (byte 0).
  private func fill(
    _ target: UnsafeMutablePointer<Float>, from source: UnsafePointer<UInt8>,
    _ values: UnsafePointer<Float>, _ choice: Augmentation.Choice
  ) {
    let (height, width, channels) = (dataset.height, dataset.width, dataset.channels)
    // Columns of the target whose pixels exist in the source.
    let inside = max(0, -choice.left)..<max(0, -choice.left, min(width, width - choice.left))
    for row in 0..<height {
      let line = target + row * width * channels
      let sourceRow = row + choice.top
      guard (0..<height).contains(sourceRow), !inside.isEmpty else {
        blacken(line, 0..<width, values)
        continue
      }
      blacken(line, 0..<inside.lowerBound, values)
      blacken(line, inside.upperBound..<width, values)
      let sourceLine = source + (sourceRow * width + inside.lowerBound + choice.left) * channels
      let part = line + inside.lowerBound * channels
      normalize(part, from: sourceLine, inside.count * channels, values)
      if choice.isMirrored { mirror(line) }
    }
  }

  private func normalize(
    _ target: UnsafeMutablePointer<Float>, from source: UnsafePointer<UInt8>, _ count: Int,
    _ values: UnsafePointer<Float>
  ) {
    let channels = dataset.channels
    guard channels > 1 else {
      // Grey images are common enough for a loop without an inner one.
      for index in 0..<count { target[index] = values[Int(source[index])] }
      return
    }
    for start in stride(from: 0, to: count, by: channels) {
      for channel in 0..<channels {
        target[start + channel] = values[channel << 8 | Int(source[start + channel])]
      }
    }
  }

  private func blacken(
    _ line: UnsafeMutablePointer<Float>, _ columns: Range<Int>, _ values: UnsafePointer<Float>
  ) {
    let channels = dataset.channels
    for column in columns {
      for channel in 0..<channels { line[column * channels + channel] = values[channel << 8] }
    }
  }

  private func mirror(_ line: UnsafeMutablePointer<Float>) {
    let (width, channels) = (dataset.width, dataset.channels)
    for column in 0..<width / 2 {
      for channel in 0..<channels {
        let left = column * channels + channel
        let right = (width - 1 - column) * channels + channel
        (line[left], line[right]) = (line[right], line[left])
      }
    }
  }
}
