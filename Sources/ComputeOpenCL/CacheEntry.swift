/// What tells a device's compiled programs from another's.
public struct DeviceFingerprint: Sendable, Equatable {
  public var platform: String
  public var platformVersion: String
  public var name: String
  public var version: String
  public var driver: String

  package init(
    platform: String, platformVersion: String, name: String, version: String, driver: String
  ) {
    self.platform = platform
    self.platformVersion = platformVersion
    self.name = name
    self.version = version
    self.driver = driver
  }
}

/// What a compiled program depends on: with any of it different, it is another program.
package struct ProgramKey: Equatable {
  var name: String
  var source: String
  var options: String
  var device: DeviceFingerprint

  package init(name: String, source: String, options: String, device: DeviceFingerprint) {
    self.name = name
    self.source = source
    self.options = options
    self.device = device
  }

  /// The same for every version of the source and driver, so that a new one replaces the old.
  var fileName: String {
    let place = [device.platform, device.name, options].joined(separator: "\n")
    return "\(name)-\(String(FNV.hash(place.utf8), radix: 16)).program"
  }

  /// All of it, for the entry: the source too, so a clash of hashes cannot go unnoticed.
  fileprivate var text: String {
    [
      name, options, device.platform, device.platformVersion, device.name, device.version,
      device.driver, source,
    ].joined(separator: "\n")
  }
}

/// A cached program's file: a mark, the whole key, the program, and a checksum of all before it.
package enum CacheEntry {
  private static let mark = Array("supernet program 1\n".utf8)

  package static func bytes(_ program: [UInt8], for key: ProgramKey) -> [UInt8] {
    let keyText = Array(key.text.utf8)
    var bytes = mark
    for part in [keyText, program] {
      bytes += littleEndian(UInt64(part.count))
      bytes += part
    }
    return sealed(bytes)
  }

  /// With their checksum behind them.
  package static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    bytes + littleEndian(FNV.hash(bytes))
  }

  /// The program in `bytes`, when they are whole, undamaged and of this very key.
  package static func program(in bytes: [UInt8], for key: ProgramKey) -> [UInt8]? {
    let word = MemoryLayout<UInt64>.size
    guard bytes.count >= mark.count + 3 * word, bytes.starts(with: mark) else { return nil }
    let body = bytes.dropLast(word)
    guard number(bytes.suffix(word)) == FNV.hash(body) else { return nil }
    var rest = body.dropFirst(mark.count)
    var parts: [ArraySlice<UInt8>] = []
    while rest.count >= word {
      let length = number(rest.prefix(word))
      rest = rest.dropFirst(word)
      guard length <= UInt64(rest.count) else { return nil }
      parts.append(rest.prefix(Int(length)))
      rest = rest.dropFirst(Int(length))
    }
    guard rest.isEmpty, parts.count == 2, parts[0].elementsEqual(key.text.utf8) else { return nil }
    return Array(parts[1])
  }

  private static func littleEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// Fowler, Noll and Vo's hash (1a, 64 bits): finds damage, and any single changed byte for certain.
enum FNV {
  static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
