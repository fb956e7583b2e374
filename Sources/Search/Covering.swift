extension SearchSpace {
  /// The largest architecture, and for every other option of a dimension the one that differs from
  /// it in this option alone: what shared parameters are declared by.
  ///
  /// A dimension that the largest closes is opened by its ancestors' last options that do.
  public var covering: [Architecture] {
    var found = [last]
    for (index, dimension) in dimensions.enumerated() {
      for option in dimension.options.indices {
        var choices = dimensions.map { $0.options.count - 1 }
        choices[index] = option
        open(index, in: &choices)
        let architecture = canonical(Architecture(choices))
        if !found.contains(architecture) { found.append(architecture) }
      }
    }
    return found
  }

  /// Gives the ancestors of a dimension options that make it active.
  private func open(_ index: Int, in choices: inout [Int]) {
    guard let condition = dimensions[index].condition,
      let parent = self.index(of: condition.dimension)
    else { return }
    if !condition.options.contains(choices[parent]) {
      choices[parent] = condition.options.max() ?? 0
    }
    open(parent, in: &choices)
  }
}
