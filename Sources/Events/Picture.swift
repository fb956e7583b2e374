#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A PNG file and what it holds.
public struct Picture: Sendable {
  public let width: Int
  public let height: Int
  /// 1 or 3.
  public let channels: Int
  public let png: [UInt8]

  public init(width: Int, height: Int, channels: Int, png: [UInt8]) {
    self.width = width
    self.height = height
    self.channels = channels
    self.png = png
  }

  var message: TensorBoardSummary.Image {
    var message = TensorBoardSummary.Image()
    (message.width, message.height) = (Int32(width), Int32(height))
    message.colorspace = Int32(channels)
    message.encodedImageString = Data(png)
    return message
  }
}
