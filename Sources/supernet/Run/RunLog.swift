import Compute
import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Tells people what happens: on standard output, and with the time in the run's log.
struct RunLog {
  private let logger: Logger
  private let isQuiet: Bool

  /// - Parameters:
  ///   - path: the log's file; lines are added to it.
  ///   - isQuiet: nothing on standard output, for commands that print JSON there.
  init(path: String?, isQuiet: Bool = false) {
    self.isQuiet = isQuiet
    logger = Logger(label: "supernet") { _ in
      path.map { FileLogHandler(path: $0) as any LogHandler } ?? SwiftLogNoOpLogHandler()
    }
  }

  func tell(_ line: String) {
    logger.info("\(line)")
    guard !isQuiet else { return }
    print(line)
    fflush(nil)
  }

  /// What a device does as a tuner found best; each choice into the log only.
  func tell(_ tuning: Tuning, of device: any Device) {
    guard let summary = tuning.summary else { return }
    tell("\(device.description.identifier): \(summary)")
    if tuning.build != DeviceBuild() { note("tuned: kernels: \(tuning.build.text)") }
    for (work, choice) in tuning.choices.sorted(by: { $0.key.text < $1.key.text }) {
      note("tuned: \(work.text): \(choice.text)")
    }
  }

  /// Into the log only.
  func note(_ line: String) { logger.info("\(line)") }
}

extension Tuning {
  /// `tuned: 12 choices from FILE`; nil where nothing is.
  var summary: String? {
    guard !isEmpty, let origin else { return nil }
    return "tuned: \(count) \(count == 1 ? "choice" : "choices") from \(origin)"
  }
}

/// Appends lines to a file, keeping them while its folder does not exist yet.
///
/// A log that cannot be written does not stop the work it is about.
private final class FileLogHandler: LogHandler, @unchecked Sendable {
  // Used by the one thread that runs the command; nothing else holds it.
  private let path: String
  private var waiting: [String] = []
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  init(path: String) { self.path = path }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var stamp = [CChar](repeating: 0, count: 32)
    strftime(&stamp, stamp.count, "%Y-%m-%d %H:%M:%S ", &parts)
    let moment = String(
      decoding: stamp.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    waiting.append("\(moment)\(event.message)\n")
    guard let file = fopen(path, "a") else { return }
    defer { fclose(file) }
    for line in waiting { fputs(line, file) }
    waiting = []
  }
}
