/// One decision of a search space: a name and the labels of its options.
///
/// By convention options are listed in ascending order of cost, so that choice 0 is the smallest.
public struct Dimension: Codable, Sendable, Equatable {
  /// A unique name without spaces, such as `stage2.depth`; what follows the last dot is its kind.
  public let name: String
  /// The label of every option, unique in its dimension, such as `["2", "3", "4"]`.
  public let options: [String]
  /// Where the dimension matters; `nil` means everywhere.
  public let condition: Condition?

  public init(_ name: String, options: [String], condition: Condition? = nil) {
    self.name = name
    self.options = options
    self.condition = condition
  }

  /// Makes a dimension whose labels are integers.
  public init(_ name: String, _ options: [Int], condition: Condition? = nil) {
    self.init(name, options: options.map(String.init), condition: condition)
  }

  /// What follows the last dot of the name: `depth` of `stage2.depth`.
  public var kind: Substring {
    guard let dot = name.lastIndex(of: ".") else { return name[...] }
    return name[name.index(after: dot)...]
  }
}

/// Makes a dimension active only where an earlier, active one takes one of the given options.
public struct Condition: Codable, Sendable, Equatable {
  /// The name of the earlier dimension.
  public let dimension: String
  /// The indices of the options of the earlier dimension that make this one active.
  public let options: [Int]

  public init(_ dimension: String, isAmong options: [Int]) {
    self.dimension = dimension
    self.options = options
  }
}
