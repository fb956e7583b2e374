import Operators
import Search

/// An edge of a chosen cell.
struct ChosenEdge: Equatable {
  var from: Int
  /// Its number among the space's operations.
  var operation: Int
}

/// How a cell space computes: an architecture, or any other rule of what flows along an edge.
extension CellSpace {
  /// The edges into each node of a cell, in order.
  func edges(of architecture: Architecture, in kind: CellKind) -> [[ChosenEdge]] {
    let count = searchSpace.dimensions.count / kinds.count
    let start = kind == .normal ? 0 : count
    var choices = architecture.choices[start..<start + count].makeIterator()
    func next() -> Int { choices.next() ?? 0 }
    return shape.nodeStates.map { node in
      let options = shape.sources(of: node)
      let sources = shape.edges == nil ? options[0] : options[next()]
      return sources.map { ChosenEdge(from: $0, operation: next()) }
    }
  }

  public func logits(
    _ architecture: Architecture, _ images: Variable, in pass: NetworkPass
  ) throws -> Variable {
    var chosen: [CellEdge.Place: Int] = [:]
    for kind in kinds {
      let nodes = edges(of: architecture, in: kind)
      for to in live(nodes) {
        for edge in nodes[to - shape.inputs] {
          chosen[CellEdge.Place(cell: kind, from: edge.from, to: to)] = edge.operation
        }
      }
    }
    return try logits(images, in: pass, hasEdge: { chosen[$0] != nil }) { edge in
      guard let index = chosen[edge.place] else { return nil }
      return try edge.apply(operation(index))
    }
  }

  /// The nodes that reach the cell's output: what others compute is not read.
  private func live(_ nodes: [[ChosenEdge]]) -> Set<Int> {
    guard shape.join == .add else { return Set(shape.nodeStates) }
    var live: Set<Int> = [shape.nodeStates.upperBound - 1]
    for node in shape.nodeStates.reversed() where live.contains(node) {
      for edge in nodes[node - shape.inputs]
      where edge.from >= shape.inputs && operations[edge.operation] != "none" {
        live.insert(edge.from)
      }
    }
    return live
  }

  /// The network whose edges compute what `rule` says: the chosen operation, or a mixture.
  ///
  /// - Parameters:
  ///   - images: [N,R,R,channels].
  ///   - pass: the pass that layers ask for parameters.
  ///   - hasEdge: which edges there are; a node may have one from every earlier state.
  ///   - rule: what flows along an edge; nil stands for zeros.
  public func logits(
    _ images: Variable, in pass: NetworkPass, hasEdge: (CellEdge.Place) -> Bool,
    rule: (CellEdge) throws -> Variable?
  ) throws -> Variable {
    var x = try pass.convolution(
      "stem", images, kernel: 3, channels: skeleton.stem, activation: .identity)
    var previous = x
    var (width, number) = (skeleton.width, 0)
    func stack(_ kind: CellKind) throws {
      let output = try cell(
        "cells.\(number)", kind, [previous, x].suffix(shape.inputs), width: width, in: pass,
        hasEdge: hasEdge, rule: rule)
      (previous, x) = (x, output)
      number += 1
    }
    for stage in 0...skeleton.reductions {
      if stage > 0 {
        width *= 2
        switch skeleton.reduction {
        case .cell: try stack(.reduce)
        case .residual:
          x = try residualReduction("reductions.\(stage - 1)", x, channels: width, in: pass)
          previous = x
        }
      }
      for _ in 0..<skeleton.cells { try stack(.normal) }
    }
    // Sums are not clamped: what ends in them is normalized once more, as published.
    if shape.join == .add { x = try pass.batchNorm("last.bn", x, activation: .relu) }
    let features = try pass.dropout(try pass.apply(GlobalAveragePool(), x))
    return try pass.linear("classifier", features, outputs: classes)
  }

  private func cell(
    _ name: String, _ kind: CellKind, _ inputs: [Variable], width: Int, in pass: NetworkPass,
    hasEdge: (CellEdge.Place) -> Bool, rule: (CellEdge) throws -> Variable?
  ) throws -> Variable {
    let (size, last) = (inputs[inputs.count - 1].shape[1], inputs.count - 1)
    var states = try inputs.enumerated().map { index, input in
      CellState(
        try prepared("\(name).inputs.\(index)", input, width: width, size: size, in: pass))
    }
    let stride = kind == .reduce ? 2 : 1
    for to in shape.nodeStates {
      var sum: Variable?
      for from in 0..<to {
        let place = CellEdge.Place(cell: kind, from: from, to: to)
        guard hasEdge(place) else { continue }
        let value = try rule(
          CellEdge(
            place: place, name: "\(name).\(to)-\(from)", source: states[from], channels: width,
            stride: from <= last ? stride : 1, pass: pass))
        guard let value else { continue }
        sum = try sum.map { try pass.apply(Add(), $0, value) } ?? value
      }
      states.append(CellState(sum))
    }
    func output(_ state: CellState) throws -> Variable {
      let input = inputs[last]
      return try state.value
        ?? pass.constant(
          [input.shape[0], size / stride, size / stride, width], 0, like: input)
    }
    switch shape.join {
    case .add: return try output(states[states.count - 1])
    case .concatenate:
      return try pass.tape.apply(Concatenate(), try states[shape.nodeStates].map(output))
    }
  }

  /// A cell's input in the cell's width and size: itself where it is one and fits already.
  private func prepared(
    _ name: String, _ x: Variable, width: Int, size: Int, in pass: NetworkPass
  ) throws -> Variable {
    if shape.inputs == 1, x.shape[3] == width { return x }
    let activated = try pass.apply(ActivationFunction(.relu), x)
    guard x.shape[1] == size else {
      return try pass.factorizedReduction(name, activated, channels: width)
    }
    return try pass.convolution(
      name, activated, kernel: 1, channels: width, activation: .identity)
  }

  /// The residual block between stages of NAS-Bench-201, of stride 2.
  private func residualReduction(
    _ name: String, _ x: Variable, channels: Int, in pass: NetworkPass
  ) throws -> Variable {
    func half(_ part: String, _ x: Variable, stride: Int) throws -> Variable {
      try pass.convolution(
        "\(name).\(part)", try pass.apply(ActivationFunction(.relu), x), kernel: 3,
        stride: stride, channels: channels, activation: .identity)
    }
    let block = try half("b", try half("a", x, stride: 2), stride: 1)
    let shortcut = try pass.plainConvolution(
      name + ".downsample", try pass.apply(AveragePool(.init(size: 2, stride: 2)), x), kernel: 1,
      channels: channels)
    return try pass.apply(Add(), shortcut, block)
  }
}
