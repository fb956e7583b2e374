import Yams

/// A place in a YAML file that knows its path and line, so that every error names them.
public struct ConfigurationNode {
  let node: Yams.Node
  /// The file's name, as the user gave it.
  public let file: String
  /// `training.epochs`, or empty at the top.
  public let path: String

  /// More than any space, run or description needs.
  private static let mostBytes = 1 << 22
  private static let mostDepth = 64

  /// Parses a file's text; an error names the line.
  public init(parsing text: String, file: String) throws {
    guard text.utf8.count <= Self.mostBytes else {
      throw ConfigurationError("\(file): larger than \(Self.mostBytes) bytes; make it smaller")
    }
    guard YamlAliases(in: text).areFew else {
      throw ConfigurationError(
        "\(file): more aliases (`*name`) than are followed; write out what they stand for")
    }
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw ConfigurationError("\(file): empty; write at least one `key: value`")
      }
      self.init(node: node, file: file, path: "")
      try requireDepth(below: Self.mostDepth)
    } catch let error as YamlError {
      throw ConfigurationError(error, in: text, file: file)
    }
  }

  private init(node: Yams.Node, file: String, path: String) {
    self.node = node
    self.file = file
    self.path = path
  }

  /// A text as a double-quoted scalar, for files that this type reads back.
  public static func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": literal += "\\\(scalar)"
      case _ where scalar.properties.generalCategory == .control:
        let digits = String(scalar.value, radix: 16)
        literal += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }

  public func error(_ problem: String) -> ConfigurationError {
    let line = node.mark.map { ":\($0.line)" } ?? ""
    return ConfigurationError("\(file)\(line): \(path.isEmpty ? "" : path + ": ")\(problem)")
  }

  /// A mapping whose keys are all among `known`; `required` ones are present.
  public func mapping(
    _ known: [String], required: [String] = []
  ) throws -> [String: ConfigurationNode] {
    guard let mapping = node.mapping else { throw error("expected `key: value` lines") }
    var result: [String: ConfigurationNode] = [:]
    for (key, value) in mapping {
      let name = key.string ?? ""
      let child = ConfigurationNode(
        node: value, file: file, path: path.isEmpty ? name : "\(path).\(name)")
      guard known.contains(name) else {
        let place = ConfigurationNode(node: key, file: file, path: path)
        throw place.error("unknown key `\(name)`; known: \(known.joined(separator: ", "))")
      }
      guard result.updateValue(child, forKey: name) == nil else {
        throw child.error("given twice")
      }
    }
    for name in required where result[name] == nil { throw error("`\(name)` is missing") }
    return result
  }

  /// The value of a key of a mapping.
  public func field(_ name: String) throws -> ConfigurationNode {
    guard let field = optional(name) else { throw error("`\(name)` is missing") }
    return field
  }

  /// The value of a key, if the mapping has it.
  public func optional(_ name: String) -> ConfigurationNode? {
    node.mapping?.first { $0.key.string == name }.map {
      ConfigurationNode(
        node: $0.value, file: file, path: path.isEmpty ? name : "\(path).\(name)")
    }
  }

  /// Refuses what is nested deeper than anything is that is read here.
  private func requireDepth(below most: Int) throws {
    guard most > 0 else { throw error("nested too deeply; nothing here goes that deep") }
    let children = node.mapping.map { $0.flatMap { [$0.key, $0.value] } } ?? node.array()
    for child in children where child.scalar == nil {
      try ConfigurationNode(node: child, file: file, path: "").requireDepth(below: most - 1)
    }
  }

  /// A name of a space or a network, for people.
  public func name() throws -> String {
    let name = try string()
    guard (1...128).contains(name.utf8.count) else {
      throw error("a name has 1 to 128 bytes, this one \(name.utf8.count)")
    }
    return name
  }

  /// - Parameter most: items that make sense.
  public func list(most: Int = 100_000) throws -> [ConfigurationNode] {
    guard let sequence = node.sequence else { throw error("expected a list") }
    guard sequence.count <= most else {
      throw error("a list of \(sequence.count); at most \(most) are taken")
    }
    return sequence.enumerated().map {
      ConfigurationNode(node: $0.element, file: file, path: "\(path)[\($0.offset)]")
    }
  }

  private var found: String {
    node.scalar.map { $0.string.isEmpty ? "found nothing" : "found `\($0.string)`" }
      ?? (node.mapping != nil ? "found a mapping" : "found a list")
  }

  public func string() throws -> String {
    guard let scalar = node.scalar else { throw error("expected a text, \(found)") }
    return scalar.string
  }

  public func bool() throws -> Bool {
    guard let value = node.bool else { throw error("expected true or false, \(found)") }
    return value
  }

  /// Whether it is a number like `1:30`, ninety to YAML 1.1: the parser ends the program where such a
  /// one does not fit.
  private var isSexagesimal: Bool { node.scalar?.string.contains(":") ?? false }

  public func int(in range: ClosedRange<Int>) throws -> Int {
    guard !isSexagesimal, let value = node.int else {
      throw error("expected a whole number, \(found)")
    }
    guard range.contains(value) else {
      throw error("\(value) is outside \(range.lowerBound)...\(range.upperBound)")
    }
    return value
  }

  public func double(in range: ClosedRange<Double>) throws -> Double {
    guard !isSexagesimal, let value = node.float ?? node.int.map(Double.init), value.isFinite
    else {
      throw error("expected a number, \(found)")
    }
    guard range.contains(value) else {
      throw error("\(value) is outside \(range.lowerBound)...\(range.upperBound)")
    }
    return value
  }

  /// One whole number, or a list of them in ascending order without repeats.
  public func options(in range: ClosedRange<Int>) throws -> [Int] {
    guard node.sequence != nil else { return [try int(in: range)] }
    let values = try list(most: 256).map { try $0.int(in: range) }
    guard !values.isEmpty else { throw error("the list is empty; give at least one option") }
    guard zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw error("\(values): list the options in ascending order, each once")
    }
    return values
  }

  /// One name of `choices`, or a list of them, each once; they come in the order of `choices`.
  public func names(among choices: [String]) throws -> [String] {
    let given =
      node.sequence == nil ? [try choice(choices)] : try list().map { try $0.choice(choices) }
    guard !given.isEmpty else { throw error("the list is empty; give at least one option") }
    guard Set(given).count == given.count else { throw error("\(given): list each option once") }
    return choices.filter(given.contains)
  }

  /// One of `choices`.
  public func choice(_ choices: [String]) throws -> String {
    let value = try string()
    guard choices.contains(value) else {
      throw error("unknown `\(value)`; choose from \(choices.joined(separator: ", "))")
    }
    return value
  }
}
