import Supernets

/// The networks that are timed whole.
enum Networks {
  /// The preset `mobilenet-28-large` at its full resolution alone.
  static func elastic() throws -> any NetworkSpace {
    guard let preset = SpaceCatalogue.presets.first(where: { $0.name == "mobilenet-28-large" })
    else { throw ConfigurationError("mobilenet-28-large: no such preset") }
    let yaml = preset.yaml.replacing("resolution: [20, 24, 28]", with: "resolution: 28")
    return try SpaceCatalogue.space(reading: ConfigurationNode(parsing: yaml, file: preset.name))
  }

  /// MobileNetV2 at width 1 (Sandler and others 2018, table 2): 3x224x224, 1000 classes.
  static func mobileNetV2() throws -> any NetworkSpace {
    // Expansion, channels, blocks, stride.
    let table = [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
      (6, 320, 1, 1),
    ]
    let stages = table.map { expansion, width, depth, stride in
      "  - {depth: \(depth), width: \(width), kernel: 3, expansion: \(expansion), "
        + "stride: \(stride), activation: relu6}"
    }
    let yaml = """
      name: mobilenet-v2
      input: {channels: 3, resolution: 224}
      classes: 1000
      stem: {width: 32, kernel: 3, stride: 2, activation: relu6}
      stages:
      \(stages.joined(separator: "\n"))
      head: {width: 1280, activation: relu6}

      """
    return try SpaceCatalogue.space(reading: ConfigurationNode(parsing: yaml, file: "MobileNetV2"))
  }
}
