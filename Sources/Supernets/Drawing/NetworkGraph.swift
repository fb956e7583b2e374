import Search

/// An architecture as a picture's nodes and arrows, before anything is placed.
public struct NetworkGraph: Sendable {
  /// What a node is, which chooses its look.
  public enum Style: String, Sendable {
    /// What comes in or goes out.
    case end
    /// A value that several operations read, or that sums them up.
    case state
    case convolution, separable, pool, identity, other
  }

  public struct Node: Sendable {
    public var label: String
    /// Below the label, smaller.
    public var detail: String?
    public var style: Style
  }

  /// One connected picture; parts stand side by side.
  public struct Part: Sendable {
    public var title: String?
    /// Each after the nodes that its arrows come from.
    public var nodes: [Node] = []
    public var edges: [(from: Int, to: Int)] = []

    public init(title: String? = nil) { self.title = title }

    /// Adds a node with arrows from earlier ones, and tells its number.
    @discardableResult
    public mutating func add(
      _ label: String, detail: String? = nil, _ style: Style, from sources: [Int] = []
    ) -> Int {
      precondition(sources.allSatisfy(nodes.indices.contains), "arrows from \(sources)")
      nodes.append(Node(label: label, detail: detail, style: style))
      edges += sources.map { ($0, nodes.count - 1) }
      return nodes.count - 1
    }

    /// Adds a node after the last one.
    @discardableResult
    public mutating func append(
      _ label: String, detail: String? = nil, _ style: Style
    ) -> Int {
      add(label, detail: detail, style, from: nodes.isEmpty ? [] : [nodes.count - 1])
    }
  }

  public var title: String
  public var parts: [Part]
}

extension NetworkGraph {
  /// What a space's choices say, group by group: `stage1.depth=2 stage1.width=16` is one node.
  init(groupsOf architecture: Architecture, in space: any NetworkSpace) {
    let search = space.searchSpace
    var groups: [(name: String, choices: [String])] = []
    for (index, dimension) in search.dimensions.enumerated()
    where search.isActive(index, in: architecture) {
      let name = String(dimension.name.dropLast(dimension.kind.count + 1))
      let choice = "\(dimension.kind) \(dimension.options[architecture.choices[index]])"
      if groups.last?.name == name {
        groups[groups.count - 1].choices.append(choice)
      } else {
        groups.append((name, [choice]))
      }
    }
    var part = Part()
    for group in groups {
      part.append(
        group.name.isEmpty ? "images" : group.name, detail: group.choices.joined(separator: ", "),
        group.name.isEmpty ? .end : .convolution)
    }
    part.append("classifier", detail: "\(space.classes) classes", .end)
    self.init(title: space.name, parts: [part])
  }
}
