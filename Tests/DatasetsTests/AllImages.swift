import Datasets

extension ImageDataset {
  /// All pixels, `[N,H,W,C]`.
  var images: [UInt8] { get throws { try images(0..<count) } }
}
