/// Architectures as one line of text: `resolution=28 stem.width=16 stage1.depth=2`.
extension SearchSpace {
  /// The names and labels of the active dimensions, in the order of the space.
  public func text(of architecture: Architecture) -> String {
    requireFit(architecture)
    return dimensions.indices.lazy
      .filter { isActive($0, given: architecture.choices) }
      .map { "\(dimensions[$0].name)=\(dimensions[$0].options[architecture.choices[$0]])" }
      .joined(separator: " ")
  }

  /// Reads what `text(of:)` writes, in any order of the names.
  ///
  /// Throws a `SearchError` that names the unknown, repeated, missing or inactive dimension, or
  /// the option that does not exist.
  public func architecture(text: String) throws -> Architecture {
    var labels = [String?](repeating: nil, count: dimensions.count)
    for word in text.split(whereSeparator: \.isWhitespace) {
      guard let equals = word.firstIndex(of: "=") else {
        throw SearchError("\"\(word)\" is not of the form name=option")
      }
      let name = String(word[..<equals])
      guard let index = index(of: name) else {
        throw SearchError(
          "no dimension is named \"\(name)\": there are "
            + dimensions.map(\.name).joined(separator: ", "))
      }
      guard labels[index] == nil else { throw SearchError("\(name) is given twice") }
      labels[index] = String(word[word.index(after: equals)...])
    }
    var choices = dimensions.map { _ in 0 }
    for (index, label) in labels.enumerated() {
      choices[index] = try choice(label, of: index, given: choices)
    }
    return Architecture(choices)
  }

  private func choice(_ label: String?, of index: Int, given choices: [Int]) throws -> Int {
    let dimension = dimensions[index]
    guard isActive(index, given: choices) else {
      guard label == nil else {
        throw SearchError(
          "\(dimension.name) does not apply, because of the choice of "
            + "\(dimension.condition?.dimension ?? "")")
      }
      return 0
    }
    guard let label else { throw SearchError("\(dimension.name) is missing") }
    guard let choice = dimension.options.firstIndex(of: label) else {
      throw SearchError(
        "\(dimension.name) has no option \"\(label)\": choose one of "
          + dimension.options.joined(separator: ", "))
    }
    return choice
  }
}
