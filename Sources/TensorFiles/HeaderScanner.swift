/// What is wrong with a header, before anyone knows which file it is in.
struct HeaderProblem: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

/// Takes JSON apart, token by token: just what a safetensors header needs, and nothing nested.
///
/// A general decoder would merge duplicate keys silently and forget their order.
struct HeaderScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads `{ "key": value, ... }`, where `member` reads each value.
  mutating func object(
    _ member: (inout HeaderScanner, String) throws(HeaderProblem) -> Void
  ) throws(HeaderProblem) {
    try expect("{")
    guard !accepts("}") else { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while accepts(",")
    try expect("}")
  }

  /// Reads `[1, 2, ...]`.
  mutating func integers() throws(HeaderProblem) -> [Int] {
    try expect("[")
    var numbers: [Int] = []
    guard !accepts("]") else { return numbers }
    repeat { numbers.append(try integer()) } while accepts(",")
    try expect("]")
    return numbers
  }

  /// Reads a string literal.
  mutating func string() throws(HeaderProblem) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while true {
      switch try next() {
      case UInt8(ascii: "\""):
        let result = String(decoding: text, as: UTF8.self)
        guard result.utf8.elementsEqual(text) else { throw fault("text that is not UTF-8") }
        return result
      case UInt8(ascii: "\\"): text += try escape()
      case let byte where byte < 0x20: throw fault("a control character in a string")
      case let byte: text.append(byte)
      }
    }
  }

  /// Accepts nothing but white space until the end.
  mutating func end() throws(HeaderProblem) {
    skipSpace()
    guard position == bytes.count else { throw fault("bytes after its end") }
  }

  private mutating func integer() throws(HeaderProblem) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, let digit = Int(decimalDigit: bytes[position]) {
      let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isStillTooLarge) = tens.addingReportingOverflow(digit)
      guard !isTooLarge, !isStillTooLarge else { throw fault("a number beyond 64 bits") }
      value = sum
      position += 1
    }
    guard position > start else { throw fault("something where a whole number belongs") }
    return value
  }

  /// What follows a backslash, in UTF-8.
  private mutating func escape() throws(HeaderProblem) -> [UInt8] {
    let letter = try next()
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]) {
        guard try next() == UInt8(ascii: "\\"), try next() == UInt8(ascii: "u") else {
          throw fault("half a surrogate pair")
        }
        units.append(try codeUnit())
      }
      let text = String(decoding: units, as: UTF16.self)
      guard text.utf16.elementsEqual(units) else { throw fault("half a surrogate pair") }
      return Array(text.utf8)
    default: throw fault("an unknown escape in a string")
    }
  }

  private mutating func codeUnit() throws(HeaderProblem) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      let digit = Character(UnicodeScalar(try next()))
      guard let value = digit.hexDigitValue else { throw fault("an unknown escape in a string") }
      unit = unit << 4 | UInt16(value)
    }
    return unit
  }

  private mutating func next() throws(HeaderProblem) -> UInt8 {
    guard position < bytes.count else { throw fault("no end") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(HeaderProblem) {
    guard accepts(character) else { throw fault("no '\(character)'") }
  }

  private mutating func accepts(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private func fault(_ what: String) -> HeaderProblem {
    HeaderProblem("the header has \(what) at byte \(8 + position)")
  }
}

extension Int {
  fileprivate init?(decimalDigit byte: UInt8) {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    self = Int(byte - UInt8(ascii: "0"))
  }
}
