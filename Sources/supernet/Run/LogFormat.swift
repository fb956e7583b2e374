import Logging
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

/// How a log's lines are written.
enum LogFormat: String, CaseIterable {
  /// For people.
  case text
  /// One object a line: `time`, `level`, `message`, and what the message says as numbers.
  case json

  /// Numbers as what a log carries besides its message; what is no number is left out.
  static func metadata(_ numbers: [String: Double]) -> Logger.Metadata {
    numbers.filter(\.value.isFinite).mapValues { .stringConvertible($0) }
  }

  fileprivate func line(_ event: LogEvent, isDated: Bool) -> String {
    guard self == .json else { return (isDated ? Self.localTime() : "") + "\(event.message)\n" }
    var fields: [String: Field] = [:]
    for (key, value) in event.metadata ?? [:] {
      if case .stringConvertible(let number as Double) = value { fields[key] = .number(number) }
    }
    fields["time"] = .text(Date.now.formatted(.iso8601))
    fields["level"] = .text(event.level.rawValue)
    fields["message"] = .text(String("\(event.message)".trimmed))
    // Texts and finite numbers can all be written.
    return ((try? JSON.line(fields)) ?? "{}") + "\n"
  }

  private enum Field: Encodable {
    case text(String)
    case number(Double)

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .text(let text): try text.encode(to: encoder)
      case .number(let number): try number.encode(to: encoder)
      }
    }
  }

  /// `2026-11-27 11:40:00 `.
  private static func localTime() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var stamp = [CChar](repeating: 0, count: 32)
    strftime(&stamp, stamp.count, "%Y-%m-%d %H:%M:%S ", &parts)
    return String(decoding: stamp.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension String {
  /// Without line breaks at its ends.
  fileprivate var trimmed: Substring {
    let start = drop { $0.isNewline }
    return start.dropLast(start.reversed().prefix { $0.isNewline }.count)
  }
}

/// Writes each event as a line.
struct LineLogHandler: LogHandler {
  let format: LogFormat
  /// Whether lines for people begin with the time.
  let isDated: Bool
  let sink: @Sendable (String) -> Void
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  init(format: LogFormat, isDated: Bool, sink: @escaping @Sendable (String) -> Void) {
    (self.format, self.isDated, self.sink) = (format, isDated, sink)
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { sink(format.line(event, isDated: isDated)) }
}
