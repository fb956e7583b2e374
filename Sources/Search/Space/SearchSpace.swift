/// A search space as data: named dimensions, their options, and when each dimension matters.
public struct SearchSpace: Sendable, Equatable {
  public let dimensions: [Dimension]
  /// The number of canonical architectures; exact up to 2^53, a close estimate beyond.
  public let count: Double

  /// A dimension's condition with its names resolved; `opens[option]` of the parent's option.
  private struct Gate: Sendable, Equatable {
    let parent: Int
    let opens: [Bool]
  }

  /// The most dimensions that a space may have.
  public static let mostDimensions = 1 << 16

  private let gates: [Gate?]
  private let indices: [String: Int]

  /// Makes a space, or throws a `SearchError` that names the dimension that is malformed.
  public init(_ dimensions: [Dimension]) throws {
    guard !dimensions.isEmpty else {
      throw SearchError("a search space needs at least one dimension")
    }
    guard dimensions.count <= Self.mostDimensions else {
      throw SearchError("a search space has at most \(Self.mostDimensions) dimensions")
    }
    var indices: [String: Int] = [:]
    var gates: [Gate?] = []
    for (index, dimension) in dimensions.enumerated() {
      try dimension.checkLabels()
      try gates.append(
        dimension.condition.map {
          try Self.gate($0, of: dimension.name, among: dimensions, indices)
        })
      guard indices.updateValue(index, forKey: dimension.name) == nil else {
        throw SearchError("two dimensions are named \(dimension.name)")
      }
    }
    self.dimensions = dimensions
    self.indices = indices
    self.gates = gates
    count = Self.count(of: dimensions, gates)
  }

  private static func gate(
    _ condition: Condition, of name: String, among dimensions: [Dimension],
    _ earlier: [String: Int]
  ) throws -> Gate {
    guard let parent = earlier[condition.dimension] else {
      throw SearchError(
        "\(name) depends on \(condition.dimension), which is not an earlier dimension")
    }
    var opens = dimensions[parent].options.map { _ in false }
    guard !condition.options.isEmpty else {
      throw SearchError("the condition of \(name) on \(condition.dimension) lists no option")
    }
    for option in condition.options {
      guard opens.indices.contains(option) else {
        throw SearchError(
          "\(name) depends on option \(option) of \(condition.dimension), which has only "
            + "\(opens.count)")
      }
      opens[option] = true
    }
    return Gate(parent: parent, opens: opens)
  }

  /// Counts from the last dimension up: the ways below an option multiply, those of options add.
  private static func count(of dimensions: [Dimension], _ gates: [Gate?]) -> Double {
    var ways = dimensions.map { $0.options.map { _ in 1.0 } }
    var total = 1.0
    for index in dimensions.indices.reversed() {
      let below = ways[index].reduce(0, +)
      guard let gate = gates[index] else {
        total *= below
        continue
      }
      for option in gate.opens.indices where gate.opens[option] {
        ways[gate.parent][option] *= below
      }
    }
    return total
  }

  /// Says whether a dimension matters, given the choices of the dimensions before it.
  func isActive(_ index: Int, given choices: [Int]) -> Bool {
    var index = index
    while let gate = gates[index] {
      guard gate.opens[choices[gate.parent]] else { return false }
      index = gate.parent
    }
    return true
  }

  /// Says whether every choice is an index of an option of its dimension.
  private func fits(_ choices: [Int]) -> Bool {
    choices.count == dimensions.count
      && choices.indices.allSatisfy { dimensions[$0].options.indices.contains(choices[$0]) }
  }

  /// Ends the program where an architecture is of another space: a programmer's error.
  func requireFit(_ architecture: Architecture) {
    precondition(
      fits(architecture.choices),
      "\(architecture) is outside a space of "
        + dimensions.map { String($0.options.count) }.joined(separator: "x") + " options")
  }
}

extension SearchSpace {
  /// Says whether an architecture belongs to the space and is in canonical form.
  public func contains(_ architecture: Architecture) -> Bool {
    let choices = architecture.choices
    return fits(choices)
      && choices.indices.allSatisfy { choices[$0] == 0 || isActive($0, given: choices) }
  }

  /// The same network with the choice of every inactive dimension set to 0.
  public func canonical(_ architecture: Architecture) -> Architecture {
    var choices = architecture.choices
    requireFit(architecture)
    for index in choices.indices where choices[index] != 0 && !isActive(index, given: choices) {
      choices[index] = 0
    }
    return Architecture(choices)
  }

  /// Says whether a dimension matters to an architecture.
  public func isActive(_ index: Int, in architecture: Architecture) -> Bool {
    // Not `requireFit`: that looks at every choice, for every dimension that is asked for.
    precondition(
      architecture.choices.count == dimensions.count,
      "\(architecture) is outside a space of \(dimensions.count) dimensions")
    return isActive(index, given: architecture.choices)
  }

  /// The architecture of the first options: by convention the smallest.
  public var first: Architecture {
    Architecture(dimensions.map { _ in 0 })
  }

  /// The architecture of the last options, canonical: by convention the largest.
  public var last: Architecture {
    canonical(Architecture(dimensions.map { $0.options.count - 1 }))
  }

  /// The index of the dimension of that name, if there is one.
  public func index(of name: String) -> Int? {
    indices[name]
  }

  /// The option taken in the dimension of that name, or `nil` where it is inactive or unknown.
  public func choice(of name: String, in architecture: Architecture) -> Int? {
    guard let index = indices[name], isActive(index, in: architecture) else { return nil }
    return architecture.choices[index]
  }

  /// The label taken in the dimension of that name, or `nil` where it is inactive or unknown.
  public func label(of name: String, in architecture: Architecture) -> String? {
    guard let index = indices[name], isActive(index, in: architecture) else { return nil }
    return dimensions[index].options[architecture.choices[index]]
  }

}

extension SearchSpace: Codable {
  private enum CodingKeys: String, CodingKey { case dimensions }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(container.decode([Dimension].self, forKey: .dimensions))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dimensions, forKey: .dimensions)
  }
}

extension Dimension {
  /// Refuses names and labels that could not be told apart or read back from text.
  fileprivate func checkLabels() throws {
    guard !name.isEmpty, !name.contains(where: { $0.isWhitespace || $0 == "=" }) else {
      throw SearchError("\"\(name)\" is no name for a dimension: no spaces, no \"=\", not empty")
    }
    guard !options.isEmpty else { throw SearchError("\(name) has no options") }
    var seen: Set<String> = []
    for option in options {
      guard !option.isEmpty, !option.contains(where: \.isWhitespace) else {
        throw SearchError("\(name) has the label \"\(option)\": no spaces, not empty")
      }
      guard seen.insert(option).inserted else {
        throw SearchError("\(name) has two options labelled \(option)")
      }
    }
  }
}
