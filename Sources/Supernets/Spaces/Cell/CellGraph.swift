import Search

/// The drawing of cells: states are circles, operations boxes between them.
extension CellSpace {
  public func graph(of architecture: Architecture) -> NetworkGraph {
    NetworkGraph(
      title: name,
      parts: kinds.map { kind in
        let edges = edges(of: architecture, in: kind)
        var part = NetworkGraph.Part(
          title: kinds.count > 1 ? (kind == .normal ? "normal cell" : "reduction cell") : nil)
        var states = (0..<shape.inputs).map { index in
          part.add(
            shape.inputs == 1 ? "input" : index == 0 ? "cell k-2" : "cell k-1", .end)
        }
        for (node, incoming) in zip(shape.nodeStates, edges) {
          let sources = incoming.filter { operations[$0.operation] != "none" }.map { edge in
            part.add(
              operations[edge.operation], operation(edge.operation).style,
              from: [states[edge.from]])
          }
          let isOutput = shape.join == .add && node == shape.nodeStates.upperBound - 1
          states.append(
            part.add(isOutput ? "output" : "\(node)", isOutput ? .end : .state, from: sources))
        }
        if shape.join == .concatenate {
          part.add("concatenate", .end, from: Array(states[shape.nodeStates]))
        }
        return part
      })
  }
}

extension CellOperation {
  fileprivate var style: NetworkGraph.Style {
    if isIdentity { return .identity }
    if name.contains("pool") { return .pool }
    return name.hasPrefix("nor") ? .convolution : .separable
  }
}
