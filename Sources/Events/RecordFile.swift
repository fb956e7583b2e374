import TensorFiles

/// Records of bytes behind one another in a file, as TensorFlow frames them (TFRecord): eight bytes
/// of length, a checksum of these, the bytes, a checksum of them.
enum RecordFile {
  /// A record with its frame.
  static func framed(_ record: [UInt8]) -> [UInt8] {
    let length = bytes(UInt64(record.count))
    return length + bytes(masked(length)) + record + bytes(masked(record))
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// A checksum that itself may be checksummed: turned by 15 bits, and a constant added.
  private static func masked(_ bytes: [UInt8]) -> UInt32 {
    let sum = CRC32C.checksum(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
