extension SafetensorsFile {
  /// Reads the file at `path`, trusting nothing that its header says.
  ///
  /// Throws `FileError` for a file that is absent, truncated, corrupt or of an unknown dtype, and for one
  /// that was sealed and has changed since.
  public init(readingFrom path: String) throws {
    try self.init(decoding: FileReader.bytes(of: path), source: path)
  }

  /// Reads a file's bytes; `source` is the path that errors name.
  public init(decoding bytes: [UInt8], source: String = "safetensors") throws {
    let (header, dataStart) = try SafetensorsFile.header(of: bytes, source: source)
    let tensors = header.entries.map { entry in
      NamedTensor(
        name: entry.name, shape: entry.shape, elementType: entry.elementType,
        bytes: Array(bytes[entry.range.shifted(by: dataStart)]))
    }
    self.init(tensors: tensors, metadata: header.metadata, source: source)
    guard isIntact else {
      throw FileError(
        path: source, problem: "the file is damaged: its bytes do not match its checksum",
        advice: "make or fetch the file again")
    }
  }

  private static func header(
    of bytes: [UInt8], source: String
  ) throws -> (header: SafetensorsHeader, dataStart: Int) {
    do {
      let dataStart = try SafetensorsFile.dataStart(of: bytes)
      let header = try SafetensorsHeader(
        parsing: Array(bytes[8..<dataStart]), dataCount: bytes.count - dataStart)
      return (header, dataStart)
    } catch {
      throw FileError(
        path: source, problem: "not a valid safetensors file: \(error.text)",
        advice: "make or fetch the file again")
    }
  }

  /// Where the header ends and the tensors' bytes begin.
  private static func dataStart(of bytes: [UInt8]) throws(HeaderProblem) -> Int {
    guard bytes.count >= 8 else {
      throw HeaderProblem("it has \(bytes.count) bytes and no header")
    }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw HeaderProblem(
        "its header of \(length) bytes does not fit into a file of \(bytes.count) bytes")
    }
    // The bound of the reference reader.
    guard length <= 100_000_000 else {
      throw HeaderProblem("its header of \(length) bytes is too large")
    }
    return 8 + Int(length)
  }
}

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Range<Int> {
    lowerBound + offset..<upperBound + offset
  }
}
