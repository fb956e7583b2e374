import Supernets

/// A small space of every kind, in which a step takes milliseconds.
public enum TinySpaces {
  public struct Entry: Sendable, CustomStringConvertible {
    public let name: String
    public let yaml: String
    public var description: String { name }

    public func space() throws -> any NetworkSpace {
      try SpaceCatalogue.space(reading: ConfigurationNode(parsing: yaml, file: name))
    }
  }

  public static let all = [elastic, nasbench201, darts, cells]

  public static let elastic = Entry(
    name: "tiny",
    yaml: """
      name: tiny
      input: {channels: 1, resolution: [16, 20]}
      classes: 10
      stem: {width: [4, 8], stride: 2, activation: hard-swish}
      stages:
        - {depth: [1, 2], width: [6, 8], kernel: [3, 5], expansion: [1, 2], stride: 1, squeeze-excitation: true, activation: swish}
        - {depth: [1, 2], width: [8, 12], kernel: [3, 5, 7], expansion: [2, 3], stride: 2}
      head: {width: [16, 24]}
      """)

  public static let nasbench201 = Entry(
    name: "tiny-nasbench201",
    yaml: """
      name: tiny-nasbench201
      kind: cell
      input: {channels: 1, resolution: 8}
      classes: 10
      cell: nasbench201
      skeleton: {width: 4, cells: 1, reductions: 1}
      """)

  public static let darts = Entry(
    name: "tiny-darts",
    yaml: """
      name: tiny-darts
      kind: cell
      input: {channels: 1, resolution: 8}
      classes: 10
      cell: darts
      skeleton: {width: 4, cells: 1, reductions: 1}
      """)

  /// A user's own: searched reductions, joined by adding.
  public static let cells = Entry(
    name: "tiny-cells",
    yaml: """
      name: tiny-cells
      kind: cell
      input: {channels: 1, resolution: 8}
      classes: 10
      cell: {nodes: 2, join: add}
      skeleton: {width: 4, cells: 1, reductions: 1, reduction: cell}
      operations: [skip_connect, max_pool_3x3, sep_conv_3x3]
      """)
}
