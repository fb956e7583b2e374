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

  /// The images at `positions` as they are.
  func batch(_ positions: [Int]) throws -> Batch {
    Batch(
      images: try filled(positions) { _, _ in .init() },
      labels: positions.map { dataset.labels[$0] })
  }

  /// Those at some places of the batch of the images at `positions`, each varied by the draws of its
  /// place.
  func batch(
    _ positions: [Int], places: [Int], varied augmentation: Augmentation, by key: ImageKey
  ) throws -> Batch {
    var random = SeededRandom(
      0x6175_676D, key.seed, UInt64(bitPattern: Int64(key.epoch)), UInt64(key.batch))
    let choices = positions.map { _ in augmentation.choice(&random) }
    let strong = augmentation.strong
    func own(_ place: Int) -> ImageKey {
      var key = key
      key.place = place
      return key
    }
    // An image is mixed with the one that follows it, the last with the first.
    let mixture = strong.mixup > 0 ? MixtureOrder(places, of: positions.count) : nil
    let filled = places + (mixture?.added ?? [])
    var images = try self.filled(filled.map { positions[$0] }) { index, canvas in
      if strong.changesBytes { vary(canvas, strong, own(filled[index])) }
      return choices[filled[index]]
    }
    if strong.cutout > 0 {
      for (index, place) in filled.enumerated() {
        var random = own(place).draws(for: .cutout)
        blot(strong.cutout, of: &images, image: index, &random)
      }
    }
    let labels = filled.map { dataset.labels[positions[$0]] }
    guard let mixture else { return Batch(images: images, labels: labels) }
    let draw = BetaDraw(alpha: strong.mixup)
    let shares = places.map { place in
      var random = own(place).draws(for: .mixup)
      return draw.next(&random)
    }
    mix(&images, with: mixture.others, shares)
    images.removeLast(mixture.added.count * dataset.imageSize)
    return Batch(
      images: images, labels: Array(labels.prefix(places.count)),
      mixture: .init(labels: mixture.others.map { labels[$0] }, shares: shares))
  }

  /// Normalised images, each cut as `vary` says, which may change its bytes first.
  private func filled(
    _ positions: [Int], vary: (_ place: Int, _ canvas: Canvas) -> Augmentation.Choice
  ) throws -> [Float] {
    let size = dataset.imageSize
    return try [Float](unsafeUninitializedCapacity: positions.count * size) { output, count in
      guard let target = output.baseAddress else { return }
      try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * size) { bytes in
        let canvas = Canvas(
          width: dataset.width, height: dataset.height, channels: dataset.channels,
          pixels: UnsafeMutableBufferPointer(rebasing: bytes[..<size]),
          spare: UnsafeMutableBufferPointer(rebasing: bytes[size...]))
        try values.withUnsafeBufferPointer { values in
          guard let source = bytes.baseAddress, let values = values.baseAddress else { return }
          for (place, position) in positions.enumerated() {
            try dataset.copy(
              imageAt: position, into: UnsafeMutableRawBufferPointer(canvas.pixels))
            fill(target + place * size, from: source, values, vary(place, canvas))
          }
        }
      }
      count = positions.count * size
    }
  }

  private func vary(_ canvas: Canvas, _ strong: StrongAugmentation, _ key: ImageKey) {
    if strong.resizedCrop < 1 {
      var random = key.draws(for: .resizedCrop)
      canvas.cutAndResize(keeping: strong.resizedCrop, &random)
    }
    if strong.randAugment > 0 {
      var random = key.draws(for: .randAugment)
      RandAugment.apply(
        strong.randAugment, magnitude: strong.randAugmentMagnitude, to: canvas, &random)
    }
  }

  /// A square around any pixel becomes the mean of all images, which is 0.
  private func blot(
    _ side: Int, of images: inout [Float], image: Int, _ random: inout SeededRandom
  ) {
    let (height, width, channels) = (dataset.height, dataset.width, dataset.channels)
    let (top, left) = (random.below(height) - side / 2, random.below(width) - side / 2)
    let columns = max(0, left)..<max(0, min(width, left + side))
    for row in max(0, top)..<max(0, min(height, top + side)) {
      let start = image * dataset.imageSize + row * width * channels
      for at in start + columns.lowerBound * channels..<start + columns.upperBound * channels {
        images[at] = 0
      }
    }
  }

  /// Each image keeps its share; the rest is that of another one, which comes later.
  private func mix(_ images: inout [Float], with others: [Int], _ shares: [Float]) {
    let size = dataset.imageSize
    images.withUnsafeMutableBufferPointer { images in
      for (index, share) in shares.enumerated() {
        let (own, other) = (index * size, others[index] * size)
        for at in 0..<size {
          images[own + at] = share * images[own + at] + (1 - share) * images[other + at]
        }
      }
    }
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
