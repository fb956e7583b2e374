/// How training images are varied, so that a net does not learn them by heart.
public struct Augmentation: Equatable, Sendable {
  /// Black pixels added on every side before an image of the old size is cut out at random.
  public var cropPadding: Int
  /// Whether every second image, by chance, is mirrored left to right.
  public var horizontalFlip: Bool

  /// Chooses the variations; the default is none.
  public init(cropPadding: Int = 0, horizontalFlip: Bool = false) {
    precondition(cropPadding >= 0, "crop padding of \(cropPadding) pixels")
    self.cropPadding = cropPadding
    self.horizontalFlip = horizontalFlip
  }

  /// Images as they are.
  public static let none = Augmentation()

  /// One image's variation.
  struct Choice {
    /// Where the cut begins, relative to the image: -padding...padding.
    var top = 0
    var left = 0
    var isMirrored = false
  }

  func choice(_ random: inout SeededRandom) -> Choice {
    // Always three draws, so that switching one variation leaves the others as they were.
    let span = 2 * cropPadding + 1
    let top = random.below(span) - cropPadding
    let left = random.below(span) - cropPadding
    return Choice(top: top, left: left, isMirrored: random.chance(0.5) && horizontalFlip)
  }
}
