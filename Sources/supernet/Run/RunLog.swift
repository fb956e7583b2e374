import Compute
import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Tells what happens: on standard output, and with the time in the run's log; for people, or as JSON
/// that other programs read.
struct RunLog {
  let format: LogFormat
  private let file: Logger
  private let output: Logger

  /// - Parameters:
  ///   - path: the log's file; lines are added to it.
  ///   - isQuiet: nothing on standard output, for commands that print JSON there.
  init(path: String?, format: LogFormat = .text, isQuiet: Bool = false) {
    self.format = format
    file = Logger(label: "supernet") { _ in
      guard let path else { return SwiftLogNoOpLogHandler() }
      return LineLogHandler(format: format, isDated: true, sink: LogFile(path: path).append)
    }
    output = Logger(label: "supernet") { _ in
      guard !isQuiet else { return SwiftLogNoOpLogHandler() }
      return LineLogHandler(format: format, isDated: false) { line in
        print(line, terminator: "")
        fflush(nil)
      }
    }
  }

  /// - Parameter numbers: what the line says, for programs.
  func tell(_ line: String, _ numbers: [String: Double] = [:]) {
    note(line, numbers)
    output.info("\(line)", metadata: LogFormat.metadata(numbers))
  }

  /// Into the log only.
  func note(_ line: String, _ numbers: [String: Double] = [:]) {
    file.info("\(line)", metadata: LogFormat.metadata(numbers))
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
private final class LogFile: @unchecked Sendable {
  // Used by the one thread that runs the command; nothing else holds it.
  private let path: String
  private var waiting: [String] = []

  init(path: String) { self.path = path }

  func append(_ line: String) {
    waiting.append(line)
    guard let file = fopen(path, "a") else { return }
    defer { fclose(file) }
    for line in waiting { fputs(line, file) }
    waiting = []
  }
}
