/// The part of each training batch that one of several makes.
public struct BatchShare: Sendable, Equatable {
  private let index: Int
  private let count: Int
  private let parts: Int

  /// All of it.
  public static let whole = BatchShare(0, of: 1)

  /// Shares do not overlap, and are of nearly the same size.
  ///
  /// - Parameters:
  ///   - index: of this share.
  ///   - count: how many shares there are.
  ///   - parts: that a batch has, of each of which a share takes its part.
  public init(_ index: Int, of count: Int, parts: Int = 1) {
    precondition((0..<count).contains(index) && parts >= 1, "share \(index) of \(count)")
    (self.index, self.count, self.parts) = (index, count, parts)
  }

  /// Where its images are in a batch of that many, in order.
  func places(in batch: Int) -> [Int] {
    (0..<parts).flatMap { (part: Int) -> Range<Int> in
      let (first, last) = (batch * part / parts, batch * (part + 1) / parts)
      let size = last - first
      return (first + size * index / count)..<(first + size * (index + 1) / count)
    }
  }

  /// Where its images begin in a part of that many images.
  public func start(in part: Int) -> Int { part * index / count }
}
