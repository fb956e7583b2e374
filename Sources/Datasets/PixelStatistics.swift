/// Mean and standard deviation of every channel, as fractions of the full range 255.
public struct PixelStatistics: Equatable, Sendable {
  /// Mean per channel, `[C]`.
  public let mean: [Float]
  /// Standard deviation per channel, `[C]`, never zero.
  public let standardDeviation: [Float]

  /// More images than that tell nothing new, and take time to read.
  private static let mostImages = 1 << 17

  /// Makes statistics that are known, such as those kept with a trained model.
  public init(mean: [Float], standardDeviation: [Float]) {
    precondition(
      mean.count == standardDeviation.count && standardDeviation.allSatisfy { $0 > 0 },
      "means \(mean) and standard deviations \(standardDeviation)")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// Measures a data set; sums are whole numbers, so no order of addition can change them.
  ///
  /// Of more than 131,072 images it takes that many, evenly spread.
  public init(of dataset: ImageDataset) throws {
    let channels = dataset.channels
    let images = min(dataset.count, Self.mostImages)
    var histogram = [Int](repeating: 0, count: channels * 256)
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: dataset.imageSize) { pixels in
      for index in 0..<images {
        try dataset.copy(
          imageAt: index * dataset.count / images, into: UnsafeMutableRawBufferPointer(pixels))
        histogram.withUnsafeMutableBufferPointer { counts in
          for start in stride(from: 0, to: pixels.count, by: channels) {
            for channel in 0..<channels {
              counts[channel * 256 + Int(pixels[start + channel])] += 1
            }
          }
        }
      }
    }
    let count = Double(max(1, images * dataset.height * dataset.width))
    let moments = (0..<channels).map { channel in
      let counts = histogram[channel * 256..<(channel + 1) * 256]
      let sum = zip(0..., counts).reduce(0) { $0 + $1.0 * $1.1 }
      let squares = zip(0..., counts).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
      let mean = Double(sum) / count
      return (mean: mean, variance: Double(squares) / count - mean * mean)
    }
    mean = moments.map { Float($0.mean / 255) }
    // A channel of one value everywhere is left unscaled.
    standardDeviation = moments.map { moment in
      moment.variance > 0 ? Float(moment.variance.squareRoot() / 255) : 1
    }
  }
}
