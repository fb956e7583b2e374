/// How numbers are spread: counts in buckets of one width between the least and the greatest.
public struct Histogram: Sendable, Equatable {
  private static let bucketCount = 30

  public let minimum: Double
  public let maximum: Double
  public let sum: Double
  public let sumOfSquares: Double
  public let buckets: [Int]

  /// Nil where there is no number; what is infinite or not a number is left out.
  public init?(_ values: some Sequence<Float>) {
    let finite = values.filter(\.isFinite).map(Double.init)
    guard let minimum = finite.min(), let maximum = finite.max() else { return nil }
    (self.minimum, self.maximum) = (minimum, maximum)
    (sum, sumOfSquares) = finite.reduce((0, 0)) { ($0.0 + $1, $0.1 + $1 * $1) }
    var buckets = [Int](repeating: 0, count: minimum < maximum ? Self.bucketCount : 1)
    let scale = Double(buckets.count) / max(maximum - minimum, .leastNormalMagnitude)
    for value in finite { buckets[min(Int((value - minimum) * scale), buckets.count - 1)] += 1 }
    self.buckets = buckets
  }

  public var count: Int { buckets.reduce(0, +) }

  /// Of each bucket, where it ends.
  public var limits: [Double] {
    let width = (maximum - minimum) / Double(buckets.count)
    return (1..<buckets.count).map { minimum + Double($0) * width } + [maximum]
  }

  var message: TensorBoardHistogram {
    var message = TensorBoardHistogram()
    (message.min, message.max) = (minimum, maximum)
    message.num = Double(count)
    (message.sum, message.sumSquares) = (sum, sumOfSquares)
    message.bucketLimit = limits
    message.bucket = buckets.map(Double.init)
    return message
  }
}
