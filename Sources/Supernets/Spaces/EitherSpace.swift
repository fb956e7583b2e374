import Operators
import Search

/// One space or another: the first dimension says which, the others are the chosen one's.
///
/// "A CNN or an LSTM" is one search, over spaces of the same images and classes.
public struct EitherSpace: NetworkSpace {
  public let name: String
  public let members: [any NetworkSpace]
  public let searchSpace: SearchSpace
  /// Where each member's dimensions begin.
  private let starts: [Int]

  public var channels: Int { members[0].channels }
  public var classes: Int { members[0].classes }

  /// - Parameters:
  ///   - name: the space's.
  ///   - members: at least one, of different names, and of one kind of images.
  public init(name: String, members: [any NetworkSpace]) throws {
    precondition(
      !members.isEmpty
        && members.allSatisfy {
          $0.channels == members[0].channels && $0.classes == members[0].classes
        }, "members of \(name)")
    self.name = name
    self.members = members
    var dimensions = [Dimension("space", options: members.map(\.name))]
    var starts: [Int] = []
    for (index, member) in members.enumerated() {
      starts.append(dimensions.count)
      dimensions += member.searchSpace.dimensions.map { dimension in
        let condition =
          dimension.condition.map {
            Condition("\(member.name).\($0.dimension)", isAmong: $0.options)
          } ?? Condition("space", isAmong: [index])
        return Dimension(
          "\(member.name).\(dimension.name)", options: dimension.options, condition: condition)
      }
    }
    self.starts = starts
    searchSpace = try SearchSpace(dimensions)
  }

  /// The chosen member, and the architecture there.
  public func member(
    of architecture: Architecture
  ) -> (space: any NetworkSpace, architecture: Architecture) {
    let index = architecture.choices[0]
    let count = members[index].searchSpace.dimensions.count
    return (
      members[index],
      Architecture(Array(architecture.choices[starts[index]..<starts[index] + count]))
    )
  }

  /// A member's architecture among all.
  private func architecture(_ inner: Architecture, of index: Int) -> Architecture {
    var choices = searchSpace.dimensions.map { _ in 0 }
    choices[0] = index
    choices.replaceSubrange(
      starts[index]..<starts[index] + inner.choices.count, with: inner.choices)
    return Architecture(choices)
  }

  public var covering: [Architecture] {
    members.enumerated().flatMap { index, member in
      member.covering.map { architecture($0, of: index) }
    }
  }

  public func resolution(of architecture: Architecture) -> Int {
    let (space, inner) = member(of: architecture)
    return space.resolution(of: inner)
  }

  public func logits(
    _ architecture: Architecture, _ images: Variable, in pass: NetworkPass
  ) throws -> Variable {
    let (space, inner) = member(of: architecture)
    return try space.logits(inner, images, in: pass.inside(space.name))
  }

  /// `chain-28: resolution=28 ...`.
  public func text(of architecture: Architecture) -> String {
    let (space, inner) = member(of: architecture)
    return "\(space.name): \(space.text(of: inner))"
  }

  public func architecture(text: String) throws -> Architecture {
    for (index, member) in members.enumerated() where text.hasPrefix("\(member.name): ") {
      return architecture(
        try member.architecture(text: String(text.dropFirst(member.name.count + 2))), of: index)
    }
    return try searchSpace.architecture(text: text)
  }

  public func graph(of architecture: Architecture) -> NetworkGraph {
    let (space, inner) = member(of: architecture)
    return space.graph(of: inner)
  }

  public func canonicalText(of architecture: Architecture) -> String {
    let (space, inner) = member(of: architecture)
    return "\(space.name): \(space.canonicalText(of: inner))"
  }
}

extension EitherSpace {
  /// From YAML: its members are whole spaces, or presets by name.
  public init(_ node: ConfigurationNode) throws {
    _ = try node.mapping(["name", "kind", "members"], required: ["name", "members"])
    let nodes = try node.field("members").list(most: 64)
    guard !nodes.isEmpty else { throw try node.field("members").error("no members") }
    var members: [any NetworkSpace] = []
    var size = 0
    for node in nodes {
      let member =
        (try? node.string()) == nil
        ? try SpaceCatalogue.space(reading: node) : try SpaceCatalogue.preset(node)
      size += member.searchSpace.dimensions.count
      guard size < SearchSpace.mostDimensions else { throw node.error("too many choices in all") }
      members.append(member)
    }
    for (member, place) in zip(members, nodes) {
      guard member.channels == members[0].channels, member.classes == members[0].classes else {
        throw place.error(
          "\(member.name) takes \(member.channels) channels and tells \(member.classes) classes "
            + "apart, \(members[0].name) \(members[0].channels) and \(members[0].classes)")
      }
      guard members.count(where: { $0.name == member.name }) == 1,
        !member.name.contains(where: { $0.isWhitespace || $0 == "=" })
      else {
        throw place.error("`\(member.name)`: members need names of their own, without spaces")
      }
    }
    try self.init(name: try node.field("name").name(), members: members)
  }

  public var configuration: ConfigurationValue {
    .mapping([
      ("name", .text(name)), ("kind", .word("either")),
      ("members", .list(members.map(\.configuration))),
    ])
  }
}

extension SpaceCatalogue {
  static let eitherPresets = [
    Preset(
      name: "cnn-or-lstm", summary: "28x28 grey images: a convolutional or a recurrent network?",
      yaml: """
        name: cnn-or-lstm
        kind: either
        members: [chain-28, rnn-28]

        """)
  ]
}
