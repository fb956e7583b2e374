extension SearchSpace {
  /// Every canonical architecture, once, in lexicographic order, made as it is asked for.
  public var allArchitectures: ArchitectureSequence {
    ArchitectureSequence(space: self, start: first)
  }

  /// The architectures from the given one on, in lexicographic order.
  func architectures(from start: Architecture) -> ArchitectureSequence {
    ArchitectureSequence(space: self, start: start)
  }

  /// The next canonical architecture in lexicographic order, or `nil` after the last one.
  func successor(of architecture: Architecture) -> Architecture? {
    var choices = architecture.choices
    for index in choices.indices.reversed() {
      // All that follows restarts at 0, which is canonical whether it is active or not.
      if choices[index] + 1 < dimensions[index].options.count, isActive(index, given: choices) {
        choices[index] += 1
        return Architecture(choices)
      }
      choices[index] = 0
    }
    return nil
  }
}

/// The architectures of a space in lexicographic order; it holds one at a time.
public struct ArchitectureSequence: Sequence, IteratorProtocol, Sendable {
  private let space: SearchSpace
  private var upcoming: Architecture?

  init(space: SearchSpace, start: Architecture) {
    self.space = space
    upcoming = start
  }

  public mutating func next() -> Architecture? {
    guard let current = upcoming else { return nil }
    upcoming = space.successor(of: current)
    return current
  }
}
