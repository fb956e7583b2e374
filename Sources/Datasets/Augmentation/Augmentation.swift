/// How training images are varied, so that a net does not learn them by heart.
public struct Augmentation: Equatable, Sendable {
  /// Black pixels added on every side before an image of the old size is cut out at random.
  public var cropPadding: Int
  /// Whether every second image, by chance, is mirrored left to right.
  public var horizontalFlip: Bool
  /// What else is done.
  public var strong: StrongAugmentation

  /// Chooses the variations; the default is none.
  public init(
    cropPadding: Int = 0, horizontalFlip: Bool = false,
    strong: StrongAugmentation = StrongAugmentation()
  ) {
    precondition(cropPadding >= 0, "crop padding of \(cropPadding) pixels")
    self.cropPadding = cropPadding
    self.horizontalFlip = horizontalFlip
    self.strong = strong
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

/// Variations beyond cutting and mirroring; each has draws of its own, a function of the seed, the epoch,
/// the batch and the image's place in it.
public struct StrongAugmentation: Equatable, Sendable {
  /// The least part of an image's area that a random cut keeps, which becomes the whole image (Szegedy
  /// and others 2015); 1 for no cut.
  public var resizedCrop: Float
  /// Operations on colour or geometry that each image goes through (RandAugment, Cubuk and others 2020).
  public var randAugment: Int
  /// How strong they are, of `RandAugment.mostMagnitude`.
  public var randAugmentMagnitude: Int
  /// Side in pixels of a square that is blotted out (Cutout, DeVries and Taylor 2017).
  public var cutout: Int
  /// Alpha of the beta distribution of how much of an image is another one (mixup, Zhang and others
  /// 2018); 0 for none.
  public var mixup: Float

  /// Chooses the variations; the default is none.
  public init(
    resizedCrop: Float = 1, randAugment: Int = 0, randAugmentMagnitude: Int = 9, cutout: Int = 0,
    mixup: Float = 0
  ) {
    self.resizedCrop = resizedCrop
    self.randAugment = randAugment
    self.randAugmentMagnitude = randAugmentMagnitude
    self.cutout = cutout
    self.mixup = mixup
  }

  /// Whether an image's bytes change before they are cut and mirrored.
  var changesBytes: Bool { resizedCrop < 1 || randAugment > 0 }
}

/// Which image of which batch, for draws that are its own.
struct ImageKey {
  var seed: UInt64
  var epoch: Int
  var batch: Int
  /// Its place in the batch.
  var place: Int

  /// Each use has a number of its own, so that no use changes the draws of another.
  enum Use: UInt64 {
    case resizedCrop = 0x6372_6F70
    case randAugment = 0x7261_6E64
    case cutout = 0x6375_746F
    case mixup = 0x6D69_7875
  }

  func draws(for use: Use) -> SeededRandom {
    SeededRandom(
      use.rawValue, seed, UInt64(bitPattern: Int64(epoch)), UInt64(batch), UInt64(place))
  }
}
