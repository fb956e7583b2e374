import Search

/// A space with a name, so that a failing law says where.
public struct NamedSpace: Sendable, CustomStringConvertible {
  public let name: String
  public let space: SearchSpace
  public var description: String { name }
}

/// The kinds of space every operation and strategy has to cope with.
public enum SampleSpaces {
  public static func all() throws -> [NamedSpace] {
    try [
      .init(name: "plain", space: plain()), .init(name: "conditional", space: conditional()),
      .init(name: "nested", space: nested()), .init(name: "huge", space: huge()),
      .init(name: "of one", space: .init([.init("only", [1]), .init("choice", [1])])),
      .init(
        name: "of two", space: .init([.init("fixed", [1]), .init("kernel", [3, 5])])),
    ]
  }

  public static func plain() throws -> SearchSpace {
    try SearchSpace([
      .init("resolution", [20, 24, 28]), .init("stem.width", [16, 24]),
      .init("stage1.depth", [1, 2, 3]), .init("stage2.depth", [2, 3, 4]),
      .init("stage1.kernel", [3, 5, 7]), .init("stage2.kernel", [3, 5]),
    ])
  }

  /// Layers that exist only in deeper stages: 2 + 2 * 2 + 2 * 2 * 3 architectures.
  public static func conditional() throws -> SearchSpace {
    try SearchSpace([
      .init("depth", [1, 2, 3]), .init("layer1.kernel", [3, 5]),
      .init("layer2.kernel", [3, 5], condition: .init("depth", isAmong: [1, 2])),
      .init("layer3.kernel", [3, 5, 7], condition: .init("depth", isAmong: [2])),
    ])
  }

  /// A condition on a dimension that has one itself, and two children of one parent.
  public static func nested() throws -> SearchSpace {
    try SearchSpace([
      .init("block", options: ["plain", "attention"]),
      .init("heads", [1, 2, 4], condition: .init("block", isAmong: [1])),
      .init("share", options: ["no", "yes"], condition: .init("heads", isAmong: [1, 2])),
      .init("bias", options: ["no", "yes"], condition: .init("block", isAmong: [0])),
      .init("width", [8, 16]),
    ])
  }

  public static func huge() throws -> SearchSpace {
    try SearchSpace((0..<30).map { .init("layer\($0).kernel", [1, 3, 5, 7]) })
  }
}

extension SearchSpace {
  /// A metric that prefers the middle of every dimension, so no corner of a space is the best.
  public func sampleMetrics(_ architecture: Architecture) -> [String: Double] {
    let encoding = oneHot(architecture)
    var accuracy = 0.0
    for (index, taken) in encoding.enumerated() {
      accuracy += taken * Double((index * 7919) % 101) / 101
    }
    return ["accuracy": accuracy, "cost": Double(architecture.choices.reduce(0, +))]
  }
}
