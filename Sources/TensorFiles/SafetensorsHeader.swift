/// The parsed header of a safetensors file: where each tensor lies, each claim checked.
struct SafetensorsHeader {
  /// One tensor's place in the data that follow the header.
  struct Entry {
    let name: String
    let shape: [Int]
    let elementType: NamedTensor.ElementType
    let range: Range<Int>
  }

  /// In the order of their bytes.
  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]

  /// Parses the JSON text and checks it against the number of bytes that follow it.
  init(parsing text: [UInt8], dataCount: Int) throws(HeaderProblem) {
    var scanner = HeaderScanner(text)
    var entries: [Entry] = []
    var metadata: [String: String]?
    var names: Set<[UInt8]> = []
    try scanner.object { (scanner, name) throws(HeaderProblem) in
      guard names.insert(Array(name.utf8)).inserted else {
        throw HeaderProblem("the name '\(name)' is used twice")
      }
      if name == "__metadata__" {
        metadata = try SafetensorsHeader.metadata(&scanner)
      } else {
        entries.append(try SafetensorsHeader.entry(named: name, &scanner))
      }
    }
    try scanner.end()
    self.metadata = metadata ?? [:]
    self.entries = entries.sorted { one, other in
      (one.range.lowerBound, one.range.upperBound)
        < (other.range.lowerBound, other.range.upperBound)
    }
    try checkTiling(of: dataCount)
  }

  private static func metadata(
    _ scanner: inout HeaderScanner
  ) throws(HeaderProblem) -> [String: String] {
    var pairs: [String: String] = [:]
    try scanner.object { (scanner, key) throws(HeaderProblem) in
      guard pairs[key] == nil else { throw HeaderProblem("metadata has '\(key)' twice") }
      pairs[key] = try scanner.string()
    }
    return pairs
  }

  private static func entry(
    named name: String, _ scanner: inout HeaderScanner
  ) throws(HeaderProblem) -> Entry {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { (scanner, key) throws(HeaderProblem) in
      switch key {
      case "dtype" where typeName == nil: typeName = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.integers()
      case "data_offsets" where offsets == nil: offsets = try scanner.integers()
      default: throw HeaderProblem("tensor '\(name)' has a stray or repeated key '\(key)'")
      }
    }
    guard let typeName, let shape, let offsets else {
      throw HeaderProblem("tensor '\(name)' lacks dtype, shape or data_offsets")
    }
    guard let elementType = NamedTensor.ElementType(rawValue: typeName) else {
      throw HeaderProblem("tensor '\(name)' has the unknown dtype '\(typeName)'")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw HeaderProblem("tensor '\(name)' has the impossible data_offsets \(offsets)")
    }
    guard byteCount(shape, elementType) == offsets[1] - offsets[0] else {
      throw HeaderProblem(
        "tensor '\(name)' of shape \(shape) and dtype \(typeName) cannot have "
          + "\(offsets[1] - offsets[0]) bytes")
    }
    return Entry(
      name: name, shape: shape, elementType: elementType, range: offsets[0]..<offsets[1])
  }

  /// The tensors must cover the data exactly: no overlap, no hole, nothing left over.
  private func checkTiling(of dataCount: Int) throws(HeaderProblem) {
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        let fault = entry.range.lowerBound < end ? "overlaps another one" : "follows a hole"
        throw HeaderProblem("tensor '\(entry.name)' \(fault) at data byte \(end)")
      }
      end = entry.range.upperBound
    }
    guard end == dataCount else {
      let fault = end > dataCount ? "is truncated" : "goes on after its last tensor"
      throw HeaderProblem("the file \(fault): \(dataCount) data bytes where \(end) belong")
    }
  }
}
