/// What lies next to an architecture, and how far two of them are apart.
extension SearchSpace {
  /// All architectures one change of an active dimension away, each once, in a fixed order.
  ///
  /// A dimension that the change makes active takes its first option.
  public func neighbours(_ architecture: Architecture) -> [Architecture] {
    requireFit(architecture)
    let choices = architecture.choices
    var found: [Architecture] = []
    for index in choices.indices where isActive(index, given: choices) {
      for option in dimensions[index].options.indices where option != choices[index] {
        var changed = choices
        changed[index] = option
        // Changes of two dimensions never meet: each keeps the other's present choice or closes it.
        found.append(canonical(Architecture(changed)))
      }
    }
    return found
  }

  /// The number of dimensions that differ: other options, or active in only one of the two.
  public func distance(_ one: Architecture, _ other: Architecture) -> Int {
    requireFit(one)
    requireFit(other)
    return dimensions.indices.count { index in
      let isActiveInOne = isActive(index, given: one.choices)
      guard isActiveInOne == isActive(index, given: other.choices) else { return true }
      return isActiveInOne && one.choices[index] != other.choices[index]
    }
  }
}
