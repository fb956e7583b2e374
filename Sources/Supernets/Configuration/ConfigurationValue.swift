/// A configuration as data: written as YAML for users, as JSON beside a subnet's weights.
public indirect enum ConfigurationValue: Sendable {
  /// A name of ours, which needs no quotes.
  case word(String)
  /// A user's text.
  case text(String)
  case int(Int)
  case bool(Bool)
  case list([ConfigurationValue])
  case mapping([(key: String, value: ConfigurationValue)])

  /// A list of whole numbers, or of names.
  public static func options(_ values: [Int]) -> ConfigurationValue {
    .list(values.map { .int($0) })
  }
  public static func words(_ values: [String]) -> ConfigurationValue {
    .list(values.map { .word($0) })
  }

  /// The same with every value of this key another, however deep it stands.
  func setting(_ key: String, to value: ConfigurationValue) -> ConfigurationValue {
    switch self {
    case .mapping(let fields):
      .mapping(
        fields.map { ($0.key, $0.key == key ? value : $0.value.setting(key, to: value)) })
    case .list(let items): .list(items.map { $0.setting(key, to: value) })
    default: self
    }
  }

  private var isMapping: Bool {
    if case .mapping = self { return true }
    return false
  }

  /// Whether it fits on one line: a list of mappings does not.
  private var isFlat: Bool {
    switch self {
    case .list(let items): items.allSatisfy { !$0.isMapping && $0.isFlat }
    case .mapping(let fields): fields.allSatisfy(\.value.isFlat)
    default: true
    }
  }

  /// On one line.
  private var flow: String {
    switch self {
    case .word(let name): name
    case .text(let text): ConfigurationNode.quoted(text)
    case .int(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .list(let items): "[\(items.map(\.flow).joined(separator: ", "))]"
    case .mapping(let fields):
      "{\(fields.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", "))}"
    }
  }

  /// Lines, one for each key of a mapping and each item of a list of mappings.
  private var lines: [String] {
    switch self {
    case .mapping(let fields):
      fields.flatMap { key, value in
        value.isFlat ? ["\(key): \(value.flow)"] : ["\(key):"] + value.lines.map { "  " + $0 }
      }
    case .list(let items):
      items.flatMap { item in
        (item.isFlat ? [item.flow] : item.lines).enumerated()
          .map { ($0.offset == 0 ? "- " : "  ") + $0.element }
      }
    default: [flow]
    }
  }

  public var yaml: String { lines.joined(separator: "\n") + "\n" }
}

extension ConfigurationValue: Encodable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .mapping(let fields):
      var container = encoder.container(keyedBy: Key.self)
      for (key, value) in fields { try container.encode(value, forKey: Key(key)) }
    case .list(let items):
      var container = encoder.unkeyedContainer()
      for item in items { try container.encode(item) }
    case .word(let text), .text(let text): try text.encode(to: encoder)
    case .int(let value): try value.encode(to: encoder)
    case .bool(let value): try value.encode(to: encoder)
    }
  }
}
