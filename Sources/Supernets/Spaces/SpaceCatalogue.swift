import TensorFiles

/// The kinds of space, and the spaces that come with the program in the form a user writes them.
public enum SpaceCatalogue {
  /// What `kind:` of a space file chooses.
  public struct Kind: Sendable {
    public let name: String
    public let summary: String
    let read: @Sendable (ConfigurationNode) throws -> any NetworkSpace

    /// - Parameters:
    ///   - name: what `kind:` calls it.
    ///   - summary: one line for the command line's help.
    ///   - read: makes a space of what follows `kind: NAME` in a file.
    public init(
      _ name: String, summary: String,
      read: @escaping @Sendable (ConfigurationNode) throws -> any NetworkSpace
    ) {
      self.name = name
      self.summary = summary
      self.read = read
    }
  }

  public struct Preset: Sendable {
    public let name: String
    public let summary: String
    public let yaml: String
  }

  /// Those that come with the program.
  public static let kinds: [Kind] = [
    Kind("elastic", summary: "resolution, depth, width, kernel, expansion of a MobileNet") {
      try MobileNetSpace($0)
    },
    Kind("cell", summary: "a searched cell, stacked: NAS-Bench-201, DARTS, one's own") {
      try CellSpace($0)
    },
    Kind("chain", summary: "layer after layer, each with its own operation and width") {
      try ChainSpace($0)
    },
    Kind("recurrent", summary: "an image's rows as a sequence: LSTM, GRU, a searched cell") {
      try RecurrentSpace($0)
    },
    Kind("either", summary: "one space or another: a convolutional net or a recurrent one?") {
      try EitherSpace($0)
    },
  ]

  public static let presets: [Preset] =
    elasticPresets + cellPresets + chainPresets + recurrentPresets + eitherPresets

  /// A space as a user writes it; without a `kind` it is elastic.
  ///
  /// - Parameters:
  ///   - node: the space.
  ///   - kinds: those that it may be of: your own besides, where you have some.
  public static func space(
    reading node: ConfigurationNode, among kinds: [Kind] = SpaceCatalogue.kinds
  ) throws -> any NetworkSpace {
    var name = "elastic"
    // `mobilenet` is what files of earlier versions call it.
    if let field = node.optional("kind"), try field.string() != "mobilenet" {
      name = try field.choice(kinds.map(\.name))
    }
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw node.error("no kind `\(name)`")
    }
    return try kind.read(node)
  }

  /// A space that tells so many classes apart, and is the same otherwise.
  public static func space(
    _ space: any NetworkSpace, classes: Int
  ) throws -> any NetworkSpace {
    guard space.classes != classes else { return space }
    return try self.space(
      reading: ConfigurationNode(
        parsing: space.configuration.setting("classes", to: .int(classes)).yaml,
        file: "space \(space.name)"))
  }

  /// A preset whose name stands in a file.
  static func preset(_ node: ConfigurationNode) throws -> any NetworkSpace {
    let name = try node.choice(presets.map(\.name))
    return try space(name)
  }

  /// A preset's name, or the path of a YAML file.
  ///
  /// - Parameters:
  ///   - text: the name or path.
  ///   - kinds: those that it may be of: your own besides, where you have some.
  public static func space(
    _ text: String, among kinds: [Kind] = SpaceCatalogue.kinds
  ) throws -> any NetworkSpace {
    if let preset = presets.first(where: { $0.name == text }) {
      return try space(
        reading: ConfigurationNode(parsing: preset.yaml, file: "preset \(preset.name)"))
    }
    guard text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") else {
      throw ConfigurationError(
        "unknown space `\(text)`; choose from \(presets.map(\.name).joined(separator: ", ")), "
          + "or give the path of a .yaml file")
    }
    return try space(
      reading: ConfigurationNode(parsing: try FileReader.text(of: text), file: text), among: kinds)
  }
}
