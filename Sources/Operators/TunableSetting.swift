/// A number by which operators let a tuner decide how they cut work, and the values worth a try.
///
/// A new one is a line here and a look-up where the cut is made. Any value is allowed there: what
/// shapes or memory forbid is cut down, so that results are right whatever a file says.
public struct TunableSetting: Sendable {
  public let name: String
  public let options: [Int]

  /// The settings of an operation, in the order in which they are tried.
  public static func all(of operation: String) -> [TunableSetting] { byOperation[operation] ?? [] }

  private static let blockRows = TunableSetting(
    name: "block-rows", options: [8, 16, 32, 48, 64, 96, 128, 256])
  private static let columnGroups = TunableSetting(name: "column-groups", options: [1, 2, 4, 8])
  private static let bandRows = TunableSetting(
    name: "band-rows", options: [1, 2, 4, 7, 10, 14, 28, 56])
  private static let tileWidth = TunableSetting(name: "tile-width", options: [4, 7])
  private static let itemsPerUnit = TunableSetting(
    name: "items-per-unit", options: [1, 2, 4, 8, 16, 32])

  private static let matrix = [blockRows, columnGroups, itemsPerUnit]
  private static let depthwise = [tileWidth, bandRows, itemsPerUnit]
  private static let byOperation = [
    "convolution": matrix, "convolution-input": matrix, "convolution-backward": matrix,
    "depthwise": depthwise, "depthwise-backward": depthwise,
  ]
}
