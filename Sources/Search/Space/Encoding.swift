extension SearchSpace {
  /// The length of a one-hot encoding: the number of options of all dimensions.
  public var encodingLength: Int {
    dimensions.reduce(0) { $0 + $1.options.count }
  }

  /// One number per option of every dimension: 1 where it is taken, 0 elsewhere.
  ///
  /// An inactive dimension is all zeros, so a model can tell it from its first option.
  public func oneHot(_ architecture: Architecture) -> [Double] {
    requireFit(architecture)
    var encoding = [Double](repeating: 0, count: encodingLength)
    var offset = 0
    for index in dimensions.indices {
      if isActive(index, given: architecture.choices) {
        encoding[offset + architecture.choices[index]] = 1
      }
      offset += dimensions[index].options.count
    }
    return encoding
  }
}
