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

  public static let all = [elastic, nasbench201, darts, cells, chain, recurrent, either]

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

  public static let chain = Entry(
    name: "tiny-chain",
    yaml: """
      name: tiny-chain
      kind: chain
      input: {channels: 1, resolution: [9, 12]}
      classes: 10
      stages:
        - {depth: [1, 2], operations: [conv-3x3, depthwise-separable-3x3, conv-1x1], width: [4, 6], activation: [tanh, swish]}
        - {depth: [0, 1, 2], stride: 2, operations: [identity, max-pool-3x3, average-pool-3x3, squeeze-excitation, inverted-residual-3x3, residual-bottleneck, conv-5x5], width: [4, 8], activation: [hard-swish, sigmoid], skip: [false, true]}
      head: {depth: [0, 1, 2], width: [8, 12], activation: [tanh, swish]}
      """)

  public static let recurrent = Entry(
    name: "tiny-recurrent",
    yaml: """
      name: tiny-recurrent
      kind: recurrent
      input: {channels: 1, resolution: 6}
      classes: 10
      cells: [rnn, gru, lstm]
      hidden: [5, 8]
      layers: [1, 2]
      steps: [1, 3]
      activation: [sigmoid, tanh, swish]
      """)

  public static let either = Entry(
    name: "tiny-either",
    yaml: """
      name: tiny-either
      kind: either
      members:
        - {name: cnn, kind: chain, input: {channels: 1, resolution: 9}, classes: 10, stages: [{depth: [1, 2], operations: [conv-1x1, conv-3x3], width: [4, 6]}]}
        - {name: lstm, kind: recurrent, input: {channels: 1, resolution: 6}, classes: 10, cells: lstm, hidden: [5, 8]}
      """)
}
