extension Supernet {
  /// Takes over what a supernet of the same kind learned on other classes: all parameters but the
  /// classifier's, which stay as they are.
  ///
  /// Throws a `ConfigurationError` where the networks differ in more than their classes.
  ///
  /// - Parameters:
  ///   - checkpoint: whose parameters are taken.
  ///   - path: the checkpoint's, for the error.
  public func adopt(_ checkpoint: Checkpoint, path: String) throws {
    let other = try SpaceCatalogue.space(
      reading: ConfigurationNode(parsing: checkpoint.space, file: path))
    let theirs = try other.parameterLayout()
    func refusal(_ what: String) -> ConfigurationError {
      ConfigurationError(
        "\(path): space \(other.name) has other networks than \(space.name) (\(what)); only classes "
          + "may differ from those of a run that is started from")
    }
    guard checkpoint.evaluated.count == theirs.count else {
      throw refusal("\(checkpoint.evaluated.count) parameters are there, not \(theirs.count)")
    }
    let kept = layout.entries.filter { !$0.isClassifiers }
    if let extra = theirs.entries.first(where: { !$0.isClassifiers && layout[$0.name] == nil }) {
      throw refusal("\(extra.name) is there alone")
    }
    var values = try device.read(parameters)
    for entry in kept {
      guard let source = theirs[entry.name] else { throw refusal("\(entry.name) is missing there") }
      guard source.shape == entry.shape else {
        throw refusal("\(entry.name) is \(source.shape) there, \(entry.shape) here")
      }
      values.replaceSubrange(
        entry.offset..<entry.offset + entry.count,
        with: checkpoint.evaluated[source.offset..<source.offset + source.count])
    }
    try device.write(values, to: parameters)
  }
}

extension ParameterLayout.Entry {
  /// Whether it belongs to the last layer, which knows the classes; that of a member, where a space
  /// has several.
  fileprivate var isClassifiers: Bool {
    name.hasPrefix("classifier.") || name.contains(".classifier.")
  }
}
