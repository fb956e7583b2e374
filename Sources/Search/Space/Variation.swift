/// Drawing, mutating and crossing architectures; every result is canonical.
extension SearchSpace {
  /// Draws the choice of every active dimension, each option equally likely.
  ///
  /// With conditions this is not uniform over architectures: each dimension is, given its parents.
  public func random(using generator: inout some RandomNumberGenerator) -> Architecture {
    var choices = dimensions.map { _ in 0 }
    for index in choices.indices where isActive(index, given: choices) {
      choices[index] = generator.integer(below: dimensions[index].options.count)
    }
    return Architecture(choices)
  }

  /// Gives each active dimension another option with the probability, and at least one of them.
  ///
  /// Probability 0 changes exactly one dimension. A dimension that a change makes active takes a
  /// random option. Only a space of one architecture returns it unchanged.
  public func mutated(
    _ architecture: Architecture, probability: Double = 0,
    using generator: inout some RandomNumberGenerator
  ) -> Architecture {
    requireFit(architecture)
    let child = mutated(architecture, using: &generator) { _, generator in
      probability > 0 && generator.unit() < probability
    }
    guard child == architecture else { return child }
    let parent = architecture.choices
    var left = parent.indices.count { isMutable($0, given: parent) }
    guard left > 0 else { return architecture }
    left = generator.integer(below: left)
    return mutated(architecture, using: &generator) { index, _ in
      guard isMutable(index, given: parent) else { return false }
      left -= 1
      return left == -1
    }
  }

  /// Gives each active dimension another option with the chance, and perhaps none.
  func mutated(
    _ architecture: Architecture, chance: Double, using generator: inout some RandomNumberGenerator
  ) -> Architecture {
    mutated(architecture, using: &generator) { _, generator in generator.unit() < chance }
  }

  private func isMutable(_ index: Int, given choices: [Int]) -> Bool {
    dimensions[index].options.count > 1 && isActive(index, given: choices)
  }

  /// Gives another option to the mutable dimensions that are picked.
  private func mutated<Generator: RandomNumberGenerator>(
    _ architecture: Architecture, using generator: inout Generator,
    where isPicked: (Int, inout Generator) -> Bool
  ) -> Architecture {
    let parent = architecture.choices
    var child = parent
    for index in child.indices {
      let options = dimensions[index].options.count
      if !isActive(index, given: child) {
        child[index] = 0
      } else if !isActive(index, given: parent) {
        child[index] = generator.integer(below: options)
      } else if options > 1, isPicked(index, &generator) {
        // One of the others: skip over the present option.
        let other = generator.integer(below: options - 1)
        child[index] = other < parent[index] ? other : other + 1
      }
    }
    return Architecture(child)
  }

  /// Takes each active dimension from either parent with equal probability.
  public func crossover(
    _ one: Architecture, _ other: Architecture,
    using generator: inout some RandomNumberGenerator
  ) -> Architecture {
    requireFit(one)
    requireFit(other)
    var child = dimensions.map { _ in 0 }
    for index in child.indices where isActive(index, given: child) {
      // Active in the child means active in the parent its condition's choice came from.
      let fromOne = isActive(index, given: one.choices)
      let fromOther = isActive(index, given: other.choices)
      let takesOne = fromOne && fromOther ? generator.next() >> 63 == 0 : fromOne
      child[index] = takesOne ? one.choices[index] : other.choices[index]
    }
    return Architecture(child)
  }
}
