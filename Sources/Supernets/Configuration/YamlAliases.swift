/// The aliases (`*name`) of a YAML text, counted before it is parsed.
///
/// A few that stand for each other unfold to more than any memory holds, and the parser compares
/// keys by all that they unfold to. Sixteen in so short a text come to a few million at most.
struct YamlAliases {
  private let count: Int
  private let length: Int

  var areFew: Bool { count == 0 || count <= 16 && length <= 1 << 16 }

  /// Counts what may be one wherever it stands: in a text between quotes too.
  init(in text: String) {
    var count = 0
    var isStart = true
    var isStar = false
    for byte in text.utf8 {
      if isStar, byte > UInt8(ascii: " ") { count += 1 }
      isStar = isStart && byte == UInt8(ascii: "*")
      // Some that are not ASCII break lines.
      isStart = byte <= UInt8(ascii: " ") || byte >= 0x80 || Self.openings.contains(byte)
    }
    self.count = count
    length = text.utf8.count
  }

  /// What an alias may follow, besides white space.
  private static let openings = Set("[{,:\"'".utf8)
}
