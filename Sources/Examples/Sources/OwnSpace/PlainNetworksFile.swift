import Supernets

/// How its user writes it: `kind: plain` of a space file.
extension PlainNetworks {
  static let kind = SpaceCatalogue.Kind("plain", summary: "convolutions one after the other") {
    try PlainNetworks($0)
  }

  init(_ node: ConfigurationNode) throws {
    let keys = [
      "name", "kind", "channels", "classes", "resolution", "depth", "width", "kernel",
    ]
    _ = try node.mapping(keys, required: keys)
    try self.init(
      node.field("name").name(), channels: node.field("channels").int(in: 1...64),
      classes: node.field("classes").int(in: 2...1000),
      resolution: node.field("resolution").int(in: 8...256),
      depths: node.field("depth").options(in: 1...16),
      widths: node.field("width").options(in: 1...512),
      kernels: node.field("kernel").options(in: 1...7))
  }

  var configuration: ConfigurationValue {
    .mapping([
      ("name", .text(name)), ("kind", .word("plain")), ("channels", .int(channels)),
      ("classes", .int(classes)), ("resolution", .int(resolution)), ("depth", .options(depths)),
      ("width", .options(widths)), ("kernel", .options(kernels)),
    ])
  }
}
