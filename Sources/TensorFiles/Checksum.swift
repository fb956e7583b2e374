/// A 64-bit sum over bytes that finds damage, not forgery.
///
/// FNV-1a over words of eight bytes: each step is one-to-one, so one changed word always shows.
public struct Checksum {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  /// Sixteen hexadecimal digits.
  public var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Takes the bytes in, and how many they are.
  public mutating func combine(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { combine($0) }
  }

  /// Takes a text's UTF-8 in.
  public mutating func combine(_ text: String) {
    combine(Array(text.utf8))
  }

  private mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    combine(byteCount: bytes.count)
    combine(part: bytes)
  }

  /// Announces so many bytes, which follow part by part: the same sum as all of them at once.
  public mutating func combine(byteCount: Int) {
    combine(UInt64(byteCount))
  }

  /// Takes a part of the bytes in: whole words of eight, but for the last part.
  public mutating func combine(part bytes: [UInt8]) {
    bytes.withUnsafeBytes { combine(part: $0) }
  }

  private mutating func combine(part bytes: UnsafeRawBufferPointer) {
    let whole = bytes.count / 8 * 8
    for at in stride(from: 0, to: whole, by: 8) {
      combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
    }
    for at in whole..<bytes.count { combine(UInt64(bytes[at])) }
  }

  private mutating func combine(_ word: UInt64) {
    state = (state ^ word) &* 0x0000_0100_0000_01B3
    // Brings the high bits down, which a product alone never does.
    state ^= state >> 32
  }
}

extension SafetensorsFile {
  private static let key = "checksum"

  /// The same file with a checksum among its metadata; reading refuses one that does not hold.
  public func sealed() -> SafetensorsFile {
    var file = self
    file.metadata[Self.key] = checksum
    return file
  }

  /// Whether the bytes are those that were sealed; true where nothing was.
  var isIntact: Bool { metadata[Self.key].map { $0 == checksum } ?? true }

  private var checksum: String {
    var sum = Checksum()
    for (key, value) in metadata.sorted(by: { precedes($0.key, $1.key) }) where key != Self.key {
      sum.combine(key)
      sum.combine(value)
    }
    for tensor in aligned(tensors) {
      sum.combine("\(tensor.name) \(tensor.elementType.rawValue) \(tensor.shape)")
      sum.combine(tensor.bytes)
    }
    return sum.text
  }
}
