import Yams

extension ConfigurationError {
  /// What a text that is not YAML has wrong, and on which line.
  init(_ error: YamlError, in text: String, file: String) {
    // JSON is YAML too, but only we know that.
    let language = file.hasSuffix(".json") ? "JSON" : "YAML"
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init("\(file):\(mark.line): not \(language): \(problem); correct the line")
    case .reader(let problem, let offset, _, _):
      let line = offset.map { ":\(text.prefix($0).count { $0.isNewline } + 1)" } ?? ""
      self.init("\(file)\(line): not \(language): \(problem); check that this is the right file")
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let line = Self.repetition(of: key, after: context.mark, in: text) ?? context.mark.line
      self.init(
        "\(file):\(line): key `\(key)` is given twice, first on line \(context.mark.line); "
          + "keep one of them")
    default:
      self.init("\(file): not \(language): \(error)")
    }
  }

  /// The line where a key of a block mapping stands again, at the same column.
  private static func repetition(of key: String, after mark: Mark, in text: String) -> Int? {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    return lines.indices.dropFirst(mark.line).first { index in
      guard lines[index].prefix(mark.column - 1).allSatisfy({ $0 == " " || $0 == "-" }) else {
        return false
      }
      let rest = lines[index].dropFirst(mark.column - 1).drop { "\"'".contains($0) }
      guard rest.hasPrefix(key) else { return false }
      return rest.dropFirst(key.count).drop { "\"' ".contains($0) }.first == ":"
    }.map { $0 + 1 }
  }
}
