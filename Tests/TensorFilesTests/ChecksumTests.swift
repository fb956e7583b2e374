import TensorFiles
import Testing

@Suite struct ChecksumTests {
  /// Bytes that come in parts, each of whole words but the last, have the sum of all at once.
  @Test(arguments: [0, 1, 7, 8, 9, 64, 100, 1000]) func partsHaveTheSumOfTheWhole(_ count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31) }
    var whole = Checksum()
    whole.combine(bytes)
    for size in [8, 24, 512] {
      var parts = Checksum()
      parts.combine(byteCount: count)
      for start in stride(from: 0, to: count, by: size) {
        parts.combine(part: Array(bytes[start..<min(start + size, count)]))
      }
      #expect(parts.text == whole.text)
    }
  }
}
