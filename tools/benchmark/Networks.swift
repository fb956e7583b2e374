import Supernets

/// The networks that are timed whole.
enum Networks {
  /// One of NAS-Bench-201's cells (Dong and Yang 2020) with each of its operations.
  static let nasBench201Cell =
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|nor_conv_3x3~1|+|skip_connect~0|avg_pool_3x3~1|nor_conv_3x3~2|"

  /// The cells that DARTS found by its second order (Liu and others 2019, figures 4 and 5).
  static let dartsGenotype =
    "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), "
    + "('sep_conv_3x3', 1), ('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), "
    + "('dil_conv_3x3', 2)], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), "
    + "('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), "
    + "('skip_connect', 2), ('max_pool_3x3', 1)])"

  /// The preset `mobilenet-28-large` at its full resolution alone.
  static func elastic() throws -> any NetworkSpace {
    try preset("mobilenet-28-large") {
      $0.replacing("resolution: [20, 24, 28]", with: "resolution: 28")
    }
  }

  /// A space that comes with the program, its text changed.
  static func preset(
    _ name: String, _ changed: (String) -> String = { $0 }
  ) throws -> any NetworkSpace {
    guard let preset = SpaceCatalogue.presets.first(where: { $0.name == name }) else {
      throw ConfigurationError("\(name): no such preset")
    }
    return try SpaceCatalogue.space(
      reading: ConfigurationNode(parsing: changed(preset.yaml), file: name))
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
