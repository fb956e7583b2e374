/// Images ready for a net, and their classes.
public struct Batch: Equatable, Sendable {
  /// Normalised pixels, `[N,H,W,C]`.
  public let images: [Float]
  /// Classes, `[N]`.
  public let labels: [Int32]
  /// Where images are mixtures, what the other part of each is.
  public let mixture: Mixture?

  /// What images are mixed with, `[N]` each.
  public struct Mixture: Equatable, Sendable {
    /// The classes of the other images.
    public let labels: [Int32]
    /// How much of each image is its own class's: 0 to 1.
    public let shares: [Float]
  }

  init(images: [Float], labels: [Int32], mixture: Mixture? = nil) {
    self.images = images
    self.labels = labels
    self.mixture = mixture
  }

  /// The number of images, N.
  public var count: Int { labels.count }

  /// One of several parts of nearly the same size, in order.
  public func part(_ index: Int, of count: Int) -> Batch {
    precondition((0..<count).contains(index) && count <= self.count, "part \(index) of \(count)")
    guard count > 1 else { return self }
    let range = self.count * index / count..<self.count * (index + 1) / count
    let pixels = images.count / self.count
    return Batch(
      images: Array(images[range.lowerBound * pixels..<range.upperBound * pixels]),
      labels: Array(labels[range]),
      mixture: mixture.map {
        Mixture(labels: Array($0.labels[range]), shares: Array($0.shares[range]))
      })
  }

  /// What a mixture is to be taken for, `[N,classes]`: its classes by their shares, smoothed as labels
  /// are (`smoothing` spread over all); nil where images are no mixtures.
  public func probabilities(classes: Int, smoothing: Float) -> [Float]? {
    guard let mixture else { return nil }
    var result = [Float](repeating: smoothing / Float(classes), count: count * classes)
    for (image, share) in mixture.shares.enumerated() {
      result[image * classes + Int(labels[image])] += (1 - smoothing) * share
      result[image * classes + Int(mixture.labels[image])] += (1 - smoothing) * (1 - share)
    }
    return result
  }
}
