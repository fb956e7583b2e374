import Events
import Foundation

/// Reads event files as TensorBoard does, checksums and all; written here, from the format's
/// description, to hold what `Events` writes against.
enum EventReader {
  struct Damage: Error { var at: Int }

  /// A file's records, up to the first that is not whole.
  static func records(of bytes: [UInt8]) throws -> [[UInt8]] {
    var (records, at) = ([[UInt8]](), 0)
    while bytes.count - at >= 12 {
      let length = number(bytes[at..<at + 8])
      guard masked(bytes[at..<at + 8]) == number(bytes[at + 8..<at + 12]) else {
        throw Damage(at: at)
      }
      guard bytes.count - at - 16 >= length else { break }
      let (first, end) = (at + 12, at + 12 + Int(length))
      guard masked(bytes[first..<end]) == number(bytes[end..<end + 4]) else {
        throw Damage(at: at)
      }
      records.append(Array(bytes[first..<end]))
      at = end + 4
    }
    return records
  }

  static func events(of file: URL) throws -> [TensorBoardEvent] {
    try records(of: Array(Data(contentsOf: file))).map { try TensorBoardEvent(serializedBytes: $0) }
  }

  /// What counts of a folder's files: each forgets the earlier ones' steps from its start on.
  static func events(in folder: URL) throws -> [TensorBoardEvent] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    var events: [TensorBoardEvent] = []
    for event in try names.flatMap({ try Self.events(of: folder.appendingPathComponent($0)) }) {
      if event.sessionLog.status == .start { events.removeAll { $0.step >= event.step } }
      events.append(event)
    }
    return events.filter { !$0.summary.value.isEmpty }
  }

  /// Numbers by tag and step; nil where one stands twice.
  static func scalars(in folder: URL) throws -> [String: [Int: Float]]? {
    var scalars: [String: [Int: Float]] = [:]
    for event in try events(in: folder) {
      for value in event.summary.value where value.value.map(isScalar) == true {
        let old = scalars[value.tag, default: [:]].updateValue(
          value.simpleValue, forKey: Int(event.step))
        if old != nil { return nil }
      }
    }
    return scalars
  }

  private static func isScalar(_ value: TensorBoardSummary.Value.OneOf_Value) -> Bool {
    if case .simpleValue = value { return true }
    return false
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func masked(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    let sum = castagnoli(bytes)
    return UInt64((sum >> 15 | sum << 17) &+ 0xA282_EAD8)
  }

  /// Bit by bit, with the polynomial as it is written: 0x1EDC6F41, turned round.
  static func castagnoli(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum % 2 == 0 ? sum / 2 : sum / 2 ^ 0x82F6_3B78 }
    }
    return ~sum
  }
}
