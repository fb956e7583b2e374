import Operators

/// A chain as a user writes it.
extension ChainSpace {
  public init(_ node: ConfigurationNode) throws {
    let fields = try node.mapping(
      ["name", "kind", "input", "classes", "stages", "head"],
      required: ["name", "input", "classes", "stages"])
    let input = try node.field("input")
    _ = try input.mapping(["channels", "resolution"])
    let channels = try input.field("channels").int(in: 1...64)
    let nodes = try node.field("stages").list(most: 64)
    guard !nodes.isEmpty else { throw try node.field("stages").error("no stages") }
    let stages = try nodes.map { try Stage($0) }
    var widest = channels
    for (stage, stageNode) in zip(stages, nodes) {
      // Weights are shared as first channels: those of the widest must be there.
      guard let width = stage.width.last, width >= widest else {
        throw try stageNode.field("width").error(
          "the widest must not be narrower than the \(widest) channels before; add \(widest)")
      }
      widest = width
    }
    try self.init(
      name: try node.field("name").name(), channels: channels,
      classes: try node.field("classes").int(in: 2...100_000),
      resolutions: try input.field("resolution").options(in: 8...1024), stages: stages,
      head: try fields["head"].map { try Head($0) } ?? Head(depth: [0], width: [], activation: []))
  }

  public var configuration: ConfigurationValue {
    .mapping(
      [
        ("name", .text(name)), ("kind", .word("chain")),
        (
          "input",
          .mapping([("channels", .int(channels)), ("resolution", .options(resolutions))])
        ),
        ("classes", .int(classes)), ("stages", .list(stages.map(\.configuration))),
      ] + (head.depth == [0] ? [] : [("head", head.configuration)]))
  }
}

extension ConfigurationNode {
  /// One activation by its name, or a list of them.
  func activations() throws -> [Activation] {
    let names = Activation.allCases.filter { $0 != .identity }.map(\.name)
    return try self.names(among: names).compactMap { Activation(name: $0) }
  }
}

extension ChainSpace.Stage {
  fileprivate init(_ node: ConfigurationNode) throws {
    let fields = try node.mapping(
      ["depth", "stride", "operations", "width", "activation", "skip"],
      required: ["depth", "operations", "width"])
    depth = try node.field("depth").options(in: 0...64)
    stride = try fields["stride"]?.int(in: 1...4) ?? 1
    operations = try node.field("operations").names(among: ChainOperation.names)
    width = try node.field("width").options(in: 1...4096)
    activation = try fields["activation"]?.activations() ?? [.relu]
    skip = [false]
    if let field = fields["skip"] {
      skip = try (try? field.list())?.map { try $0.bool() } ?? [field.bool()]
      guard skip == [false, true] || skip.count == 1 else {
        throw field.error("use true, false or [false, true]")
      }
    }
  }

  fileprivate var configuration: ConfigurationValue {
    .mapping([
      ("depth", .options(depth)), ("stride", .int(stride)), ("operations", .words(operations)),
      ("width", .options(width)), ("activation", .words(activation.map(\.name))),
      ("skip", .list(skip.map { .bool($0) })),
    ])
  }
}

extension ChainSpace.Head {
  fileprivate init(_ node: ConfigurationNode) throws {
    let fields = try node.mapping(
      ["depth", "width", "activation"], required: ["depth", "width"])
    depth = try node.field("depth").options(in: 0...8)
    width = try node.field("width").options(in: 1...16384)
    activation = try fields["activation"]?.activations() ?? [.relu]
  }

  fileprivate var configuration: ConfigurationValue {
    .mapping([
      ("depth", .options(depth)), ("width", .options(width)),
      ("activation", .words(activation.map(\.name))),
    ])
  }
}
