import Glibc

/// IDX files made for tests.
enum IDXBytes {
  /// A file of bytes with the given extents.
  static func file(_ shape: [Int], _ values: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)] + shape.flatMap(bigEndian) + values
  }

  /// A folder of four files: three 2x2 images of two classes to train on, one to test on.
  static func writeSet(to folder: TemporaryFolder) {
    folder.write(file([3, 2, 2], Array(0..<12)), as: "train-images-idx3-ubyte")
    folder.write(gzip(file([3], [0, 1, 0])), as: "train-labels-idx1-ubyte.gz")
    folder.write(gzip(file([1, 2, 2], [9, 8, 7, 6])), as: "t10k-images-idx3-ubyte")
    folder.write(file([1], [1]), as: "t10k-labels.idx1-ubyte")
  }

  /// A gzip file whose data are stored as they are.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    let count = UInt16(bytes.count)
    let start: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1]
    return start + littleEndian(count) + littleEndian(~count) + bytes
      + littleEndian(checksum(bytes)) + littleEndian(UInt32(count))
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian) { [UInt8]($0) }
  }

  private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
