import Compute
import Export
import TensorFiles
import Terminal

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A command that worked on a run: what a report says about how to repeat it.
struct CommandRecord: Codable, Equatable {
  /// In Coordinated Universal Time.
  var date: String
  var command: String
  /// Of Supernet.
  var version: String
  var device: DeviceDescription
  /// Kernel and machine: `Linux 6.1.0 x86_64`.
  var system: String

  /// Adds the running command to a run's folder.
  static func add(to folder: RunFolder, on device: DeviceDescription) throws {
    let record = CommandRecord(
      date: Date.now.formatted(.iso8601), command: text(CommandLine.arguments),
      version: SupernetVersion.text, device: device, system: system)
    try AppendedFile.append(try JSON.line(record) + "\n", to: folder.commands)
  }

  /// Those of a folder; lines that were torn are passed by.
  static func all(in folder: RunFolder) throws -> [CommandRecord] {
    guard RunFolder.exists(folder.commands) else { return [] }
    return try FileReader.text(of: folder.commands).split(separator: "\n")
      .compactMap { try? JSON.value(CommandRecord.self, $0) }
  }

  /// As it is typed, whatever the program's path.
  private static func text(_ arguments: [String]) -> String {
    (["supernet"] + arguments.dropFirst()).map { word in
      let isPlain =
        !word.isEmpty
        && word.allSatisfy {
          $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=,+@%".contains($0))
        }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }

  static var system: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown" }
    func word<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
    return "\(word(names.sysname)) \(word(names.release)) \(word(names.machine))"
  }
}
