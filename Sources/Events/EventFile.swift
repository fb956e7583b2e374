import SwiftProtobuf
import TensorFiles

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

/// What is told of a step.
public enum EventValue {
  case scalar(Double)
  case histogram(Histogram)
  case image(Picture)
}

/// A file of events that TensorBoard shows, one of a folder's.
///
/// Who goes on writes another file, named to come after those that are there, and says at its head
/// from which step on the earlier ones no longer count: so no step is shown twice, whatever was
/// written after the checkpoint that is gone on from. Events wait in memory until `save`.
public final class EventFile {
  private static let prefix = "events.out.tfevents."

  public let path: String
  private var waiting: [UInt8] = []

  /// Begins a file; it appears at the first `save`.
  ///
  /// Throws a `FileError` where the folder cannot be read.
  ///
  /// - Parameters:
  ///   - folder: exists.
  ///   - step: the first that this file may tell of.
  public init(in folder: String, from step: Int) throws {
    let time = max(Int(Date.now.timeIntervalSince1970), try Self.lastTime(in: folder) + 1)
    let digits = String(time)
    path =
      "\(folder)/\(Self.prefix)\(String(repeating: "0", count: max(0, 10 - digits.count)))\(digits)"
      + ".\(Self.host).\(getpid()).supernet"
    try append(step: 0) { $0.fileVersion = "brain.Event:2" }
    try append(step: step) { $0.sessionLog.status = .start }
  }

  /// Tells values of a step, each by its tag: `loss/largest`.
  public func add(_ values: [(tag: String, value: EventValue)], step: Int) throws {
    try append(step: step) { event in
      event.summary.value = values.map { tag, value in
        var told = TensorBoardSummary.Value()
        told.tag = tag
        switch value {
        case .scalar(let number): told.simpleValue = Float(number)
        case .histogram(let histogram): told.histo = histogram.message
        case .image(let picture): told.image = picture.message
        }
        return told
      }
    }
  }

  /// Brings what waits to the disk; throws a `FileError` where it cannot.
  public func save() throws {
    guard !waiting.isEmpty else { return }
    try AppendedFile.append(waiting, to: path)
    waiting = []
  }

  private func append(step: Int, _ fill: (inout TensorBoardEvent) -> Void) throws {
    var event = TensorBoardEvent()
    event.wallTime = Date.now.timeIntervalSince1970
    event.step = Int64(step)
    fill(&event)
    waiting += RecordFile.framed(try event.serializedBytes())
  }

  /// The time in the name of a folder's last file: readers take files in the order of their names.
  private static func lastTime(in folder: String) throws -> Int {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw FileError(
        path: folder, problem: "cannot be listed", advice: "check that it is a folder of yours")
    }
    return names.filter { $0.hasPrefix(prefix) }.compactMap {
      $0.dropFirst(prefix.count).split(separator: ".").first.flatMap { Int($0) }
    }.filter { $0 < 9_999_999_999 }.max() ?? 0
  }

  /// The machine's name, as far as a file's name may have it.
  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    let text = String(
      decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let plain = text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    return plain.isEmpty ? "unknown" : plain
  }
}
