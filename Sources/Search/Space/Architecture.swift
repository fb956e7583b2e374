/// One member of a search space: the index of the option taken in every dimension.
///
/// In canonical form an inactive dimension's choice is 0, so equal networks are equal values.
public struct Architecture: Hashable, Sendable {
  public let choices: [Int]

  public init(_ choices: [Int]) {
    self.choices = choices
  }
}

extension Architecture: Comparable {
  /// Orders architectures lexicographically by their choices.
  public static func < (left: Architecture, right: Architecture) -> Bool {
    left.choices.lexicographicallyPrecedes(right.choices)
  }
}

extension Architecture: Codable {
  public init(from decoder: any Decoder) throws {
    choices = try decoder.singleValueContainer().decode([Int].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(choices)
  }
}

extension Architecture: ExpressibleByArrayLiteral {
  public init(arrayLiteral choices: Int...) {
    self.choices = choices
  }
}

extension Architecture: CustomStringConvertible {
  /// The bare choices; `SearchSpace.text(of:)` knows the names.
  public var description: String {
    "[" + choices.map(String.init).joined(separator: ",") + "]"
  }
}
