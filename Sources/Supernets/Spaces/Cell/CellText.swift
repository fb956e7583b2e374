import Search

/// Cells as the literature writes them.
extension CellSpace {
  /// `|nor_conv_3x3~0|+|...|` where nodes have an edge from every earlier state (NAS-Bench-201), a
  /// `Genotype(normal=[('sep_conv_3x3', 0), ...], ...)` where they choose (DARTS).
  public func text(of architecture: Architecture) -> String {
    let cells = kinds.map { (kind: $0, nodes: edges(of: architecture, in: $0)) }
    guard shape.edges != nil else {
      return cells.map { cell in
        (kinds.count > 1 ? "\(cell.kind)=" : "") + nodeText(cell.nodes)
      }.joined(separator: " ")
    }
    let fields = cells.flatMap { cell in
      let edges = cell.nodes.joined().map { "('\(operations[$0.operation])', \($0.from))" }
      return [
        "\(cell.kind)=[\(edges.joined(separator: ", "))]",
        "\(cell.kind)_concat=range(\(shape.nodeStates.lowerBound), \(shape.nodeStates.upperBound))",
      ]
    }
    return "Genotype(\(fields.joined(separator: ", ")))"
  }

  private func nodeText(_ nodes: [[ChosenEdge]]) -> String {
    nodes.map { edges in
      "|" + edges.map { "\(operations[$0.operation])~\($0.from)" }.joined(separator: "|") + "|"
    }.joined(separator: "+")
  }

  public func architecture(text: String) throws -> Architecture {
    if text.contains("|") {
      let parts = text.split(whereSeparator: \.isWhitespace)
      guard parts.count == kinds.count else {
        throw SearchError("\"\(text)\" describes \(parts.count) cells, not \(kinds.count)")
      }
      return try architecture(
        try parts.map { part in
          try part.drop { $0 != "|" }.split(separator: "+").map { node in
            try node.split(separator: "|").map { try edge(String($0), separator: "~") }
          }
        })
    }
    guard text.hasPrefix("Genotype(") else { return try searchSpace.architecture(text: text) }
    return try architecture(
      try kinds.map { kind in
        guard let start = text.range(of: "\(kind)=["), shape.edges != nil else {
          throw SearchError("\"\(text)\" has no cell \(kind)=[...]")
        }
        let list = text[start.upperBound...].prefix { $0 != "]" }
        let all = try list.split(separator: ")").map { try edge(genotype: String($0)) }
        return nodes(all)
      })
  }

  /// A genotype's edges, node by node.
  private func nodes(_ edges: [(name: String, from: Int)]) -> [[(name: String, from: Int)]] {
    var left = edges[...]
    var nodes = shape.nodeStates.map { node in
      let count = shape.sources(of: node)[0].count
      defer { left = left.dropFirst(count) }
      return Array(left.prefix(count))
    }
    // What no node takes is too many for the last: told where edges are matched.
    if !left.isEmpty { nodes[nodes.count - 1] += left }
    return nodes
  }

  private func edge(_ text: String, separator: Character) throws -> (name: String, from: Int) {
    let parts = text.split(separator: separator)
    guard parts.count == 2, let from = Int(parts[1]) else {
      throw SearchError("\"\(text)\" is not of the form operation\(separator)state")
    }
    return (String(parts[0]), from)
  }

  /// `, ('sep_conv_3x3', 0` of a genotype.
  private func edge(genotype text: String) throws -> (name: String, from: Int) {
    let bare = text.filter { !"(), '\"".contains($0) || $0 == "," }
    let words = bare.split(separator: ",")
    guard words.count == 2 else { throw SearchError("\"\(text))\" is not ('operation', state)") }
    return try edge(words.joined(separator: "~"), separator: "~")
  }

  /// Edges by name, one list for each node of each cell, as choices.
  private func architecture(_ cells: [[[(name: String, from: Int)]]]) throws -> Architecture {
    var choices: [Int] = []
    for cell in cells {
      guard cell.count == shape.nodes else {
        throw SearchError("a cell has \(shape.nodes) nodes, the text has \(cell.count)")
      }
      for (node, given) in zip(shape.nodeStates, cell) {
        // Genotypes list a node's edges in any order.
        let edges = given.sorted { $0.from < $1.from }
        let options = shape.sources(of: node)
        guard let taken = options.firstIndex(of: edges.map(\.from)) else {
          throw SearchError(
            "node \(node) cannot have edges from \(edges.map(\.from)); it has \(options[0].count), "
              + "from states below \(node)")
        }
        if shape.edges != nil { choices.append(taken) }
        choices += try edges.map { edge in
          guard let index = operations.firstIndex(of: edge.name) else {
            throw SearchError(
              "no operation is named \"\(edge.name)\": there are "
                + operations.joined(separator: ", "))
          }
          return index
        }
      }
    }
    return Architecture(choices)
  }
}

extension CellSpace {
  /// Each node written as the sorted sum of what its edges make of earlier nodes: a skip is its
  /// source, `none` and whatever is made of nothing is `#`.
  ///
  /// The equivalence of Dong and Yang 2020, by which NAS-Bench-201 has 6,466 cells. Zeros count as
  /// terms of a sum.
  public func canonicalText(of architecture: Architecture) -> String {
    kinds.map { kind in
      var states = (0..<shape.inputs).map(String.init)
      for edges in self.edges(of: architecture, in: kind) {
        let terms = edges.map { edge in
          let (operation, source) = (operation(edge.operation), states[edge.from])
          if operation.name == "none" || source == "#" { return "#" }
          let isReduced = kind == .reduce && edge.from < shape.inputs
          return operation.isIdentity && !isReduced ? source : "(\(source))@\(operation.name)"
        }
        states.append(terms.sorted().joined(separator: "+"))
      }
      guard shape.join == .concatenate else { return states[states.count - 1] }
      return states[shape.nodeStates].sorted().joined(separator: ",")
    }.joined(separator: " ")
  }
}
