import Operators

/// A recurrent space as a user writes it.
extension RecurrentSpace {
  public init(_ node: ConfigurationNode) throws {
    let fields = try node.mapping(
      ["name", "kind", "input", "classes", "cells", "hidden", "layers", "steps", "activation"],
      required: ["name", "input", "classes", "cells", "hidden"])
    let input = try node.field("input")
    _ = try input.mapping(["channels", "resolution"])
    try self.init(
      name: try node.field("name").name(),
      channels: try input.field("channels").int(in: 1...64),
      classes: try node.field("classes").int(in: 2...100_000),
      resolution: try input.field("resolution").int(in: 2...1024),
      cells: try node.field("cells").names(among: RecurrentCell.names),
      hidden: try node.field("hidden").options(in: 1...4096),
      layers: try fields["layers"]?.options(in: 1...16) ?? [1],
      steps: try fields["steps"]?.options(in: 1...16) ?? [1],
      activations: try fields["activation"]?.activations() ?? [.tanh])
  }

  public var configuration: ConfigurationValue {
    .mapping([
      ("name", .text(name)), ("kind", .word("recurrent")),
      ("input", .mapping([("channels", .int(channels)), ("resolution", .int(resolution))])),
      ("classes", .int(classes)), ("cells", .words(cells)), ("hidden", .options(hidden)),
      ("layers", .options(layers)), ("steps", .options(steps)),
      ("activation", .words(activations.map(\.name))),
    ])
  }
}
