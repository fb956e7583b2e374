/// A cell space as a user writes it.
extension CellSpace {
  /// A cell that the literature knows by a name, with the operations of its space.
  private struct Known {
    var name: String
    var shape: Shape
    var reduction: Reduction
    var operations: [String]
  }

  private static let known = [
    Known(
      name: "nasbench201", shape: Shape(inputs: 1, nodes: 3, edges: nil, join: .add),
      reduction: .residual,
      operations: ["none", "skip_connect", "avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3"]),
    Known(
      name: "darts", shape: Shape(inputs: 2, nodes: 4, edges: 2, join: .concatenate),
      reduction: .cell,
      operations: [
        "none", "skip_connect", "max_pool_3x3", "avg_pool_3x3", "dil_conv_3x3", "dil_conv_5x5",
        "sep_conv_3x3", "sep_conv_5x5",
      ]),
  ]

  /// A space from YAML; an error names file, line and key.
  public init(_ node: ConfigurationNode) throws {
    let fields = try node.mapping(
      ["name", "kind", "input", "classes", "cell", "skeleton", "operations"],
      required: ["name", "input", "classes", "cell", "skeleton"])
    let input = try node.field("input")
    _ = try input.mapping(["channels", "resolution"])
    let cellNode = try node.field("cell")
    var known: Known?
    if (try? cellNode.string()) != nil {
      let name = try cellNode.choice(Self.known.map(\.name))
      known = Self.known.first { $0.name == name }
    }
    let shape = try known?.shape ?? Shape(cellNode)
    let operations =
      try fields["operations"]?.names(among: CellOperation.names)
      ?? known?.operations ?? node.field("operations").names(among: CellOperation.names)
    let skeleton = try Skeleton(
      try node.field("skeleton"), shape: shape, reduction: known?.reduction ?? .residual)
    let resolution = try input.field("resolution").int(in: 4...1024)
    let halvings = 1 << skeleton.reductions
    guard resolution % halvings == 0 else {
      throw try input.field("resolution").error(
        "\(resolution) cannot be halved \(skeleton.reductions) times; use a multiple of \(halvings)"
      )
    }
    try self.init(
      name: try node.field("name").name(),
      channels: try input.field("channels").int(in: 1...64),
      classes: try node.field("classes").int(in: 2...100_000), resolution: resolution,
      shape: shape, skeleton: skeleton, operations: operations)
  }

  public var configuration: ConfigurationValue {
    .mapping([
      ("name", .text(name)), ("kind", .word("cell")),
      ("input", .mapping([("channels", .int(channels)), ("resolution", .int(resolution))])),
      ("classes", .int(classes)),
      (
        "cell",
        .mapping([
          ("inputs", .int(shape.inputs)), ("nodes", .int(shape.nodes)),
          ("edges", shape.edges.map { .int($0) } ?? .word("all")),
          ("join", .word("\(shape.join)")),
        ])
      ),
      (
        "skeleton",
        .mapping([
          ("stem", .int(skeleton.stem)), ("width", .int(skeleton.width)),
          ("cells", .int(skeleton.cells)), ("reductions", .int(skeleton.reductions)),
          ("reduction", .word("\(skeleton.reduction)")),
        ])
      ),
      ("operations", .words(operations)),
    ])
  }
}

extension CellSpace.Shape {
  fileprivate init(_ node: ConfigurationNode) throws {
    let fields = try node.mapping(["inputs", "nodes", "edges", "join"], required: ["nodes"])
    inputs = try fields["inputs"]?.int(in: 1...2) ?? 1
    nodes = try node.field("nodes").int(in: 1...8)
    edges = nil
    if let field = fields["edges"], (try? field.string()) != "all" {
      edges = try field.int(in: 1...4)
    }
    join = .add
    if let field = fields["join"] {
      let name = try field.choice(CellSpace.Join.allCases.map(\.rawValue))
      join = CellSpace.Join(rawValue: name) ?? .add
    }
  }
}

extension CellSpace.Skeleton {
  fileprivate init(
    _ node: ConfigurationNode, shape: CellSpace.Shape, reduction standard: CellSpace.Reduction
  ) throws {
    let fields = try node.mapping(
      ["stem", "width", "cells", "reductions", "reduction"], required: ["width", "cells"])
    width = try node.field("width").int(in: 1...1024)
    // A cell of one input that adds up works on the stem as it is; others bring it to their width.
    stem =
      try fields["stem"]?.int(in: 1...4096)
      ?? (shape.join == .add && shape.inputs == 1 ? width : 3 * width)
    cells = try node.field("cells").int(in: 1...64)
    reductions = try fields["reductions"]?.int(in: 0...5) ?? 2
    reduction = standard
    if let field = fields["reduction"] {
      let name = try field.choice(CellSpace.Reduction.allCases.map(\.rawValue))
      reduction = CellSpace.Reduction(rawValue: name) ?? standard
    }
  }
}
