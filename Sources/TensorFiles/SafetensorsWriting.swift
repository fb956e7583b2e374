extension SafetensorsFile {
  /// Writes the file whole or not at all.
  ///
  /// Throws `FileError`; the bytes depend on the tensors and the metadata only.
  public func write(to path: String) throws {
    let ordered = aligned(tensors)
    let header = try header(of: ordered, for: path)
    try AtomicFile.write(to: path) { writer in
      try writer.write(header)
      for tensor in ordered { try writer.write(tensor.bytes) }
    }
  }

  /// The file's bytes.
  public func encoded() throws -> [UInt8] {
    let ordered = aligned(tensors)
    return try ordered.reduce(into: header(of: ordered, for: source)) { $0 += $1.bytes }
  }

  /// Wide elements first, then by name, as the reference writer does: every tensor is aligned.
  func aligned(_ tensors: [NamedTensor]) -> [NamedTensor] {
    tensors.sorted { one, other in
      let (left, right) = (one.elementType.byteCount, other.elementType.byteCount)
      return left == right ? precedes(one.name, other.name) : left > right
    }
  }

  private func header(of tensors: [NamedTensor], for path: String) throws -> [UInt8] {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { precedes($0.key, $1.key) }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var names: Set<[UInt8]> = []
    var begin = 0
    for tensor in tensors {
      guard tensor.name != "__metadata__", names.insert(Array(tensor.name.utf8)).inserted else {
        throw FileError(
          path: path, problem: "a tensor's name '\(tensor.name)' is reserved or used twice",
          advice: "rename the tensor")
      }
      let end = begin + tensor.bytes.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.elementType.rawValue)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}")
      begin = end
    }
    var text = Array("{\(entries.joined(separator: ","))}".utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { [UInt8]($0) } + text
  }
}

/// Order of the bytes, which no locale or Unicode table can change.
func precedes(_ one: String, _ other: String) -> Bool {
  one.utf8.lexicographicallyPrecedes(other.utf8)
}

/// A JSON string literal.
private func quoted(_ text: String) -> String {
  var literal = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": literal += "\\\""
    case "\\": literal += "\\\\"
    case "\n": literal += "\\n"
    case "\r": literal += "\\r"
    case "\t": literal += "\\t"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: literal.unicodeScalars.append(scalar)
    }
  }
  return literal + "\""
}
