import Laws
import Search
import Supernets
import supernet

/// What users write: spaces, runs, architectures.
extension FuzzedParser {
  static let configurations = [space, run, architecture]

  private static let space = FuzzedParser("space") {
    { bytes in
      let space = try readSpace(String(decoding: bytes, as: UTF8.self))
      let yaml = space.yaml
      let again = try readSpace(yaml)
      try BrokenLaw.check(
        again.yaml == yaml && again.searchSpace == space.searchSpace, "comes back as \(again.yaml)")
      for architecture in [space.smallest, space.largest] {
        try check(architecture, of: space)
        _ = try space.cost(of: architecture)
      }
    }
  }

  static func readSpace(_ text: String) throws -> any NetworkSpace {
    try SpaceCatalogue.space(reading: ConfigurationNode(parsing: text, file: "space.yaml"))
  }

  /// The space of a run is not looked for: that would open whatever the bytes name.
  private static let run = FuzzedParser("run") {
    func read(_ text: String) throws -> RunConfiguration {
      try RunConfiguration(
        ConfigurationNode(parsing: text, file: "run.yaml"), spaceFile: "mobilenet-28")
    }
    return { bytes in
      let yaml = try read(String(decoding: bytes, as: UTF8.self)).yaml
      let again = try read(yaml).yaml
      try BrokenLaw.check(again == yaml, "comes back as \(again)")
    }
  }

  /// The first byte, a digit, says of which tiny space.
  private static let architecture = FuzzedParser("architecture") {
    let spaces = try TinySpaces.all.map { try $0.space() }
    return { bytes in
      let space = spaces[Int((bytes.first ?? 0) &- 48) % spaces.count]
      let architecture = try space.architecture(
        text: String(decoding: bytes.dropFirst(), as: UTF8.self))
      try check(space.searchSpace.canonical(architecture), of: space)
    }
  }

  private static func check(_ architecture: Architecture, of space: any NetworkSpace) throws {
    let text = space.text(of: architecture)
    let again = try space.architecture(text: text)
    try BrokenLaw.check(again == architecture, "\(architecture) comes back as \(again): \(text)")
    _ = (space.canonicalText(of: architecture), space.resolution(of: architecture))
  }
}
