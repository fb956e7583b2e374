import Foundation

/// The built programs, which lie beside the test bundle.
enum Binary {
  /// `supernet`.
  static let path = beside("supernet")
  static let benchmark = beside("benchmark")

  private static func beside(_ name: String) -> String {
    let bundle = Bundle.main.executablePath ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: bundle).resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent(name).path
  }
}

/// What a process that has ended leaves.
struct Outcome: CustomStringConvertible {
  /// The exit status, or the signal that ended it.
  var status: Int32
  var isSignal: Bool
  var output: String
  var errors: String

  var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false) }
  var description: String { "status \(status), signal \(isSignal)\n\(output)\n\(errors)" }
}

/// A process at work, whose output goes to files: no pipe can fill up.
final class Job {
  let process = Process()
  private let output: URL
  private let errors: URL

  init(
    _ executable: String, _ arguments: [String], in folder: URL,
    environment: [String: String] = [:]
  ) throws {
    let name = "job-\(UUID().uuidString)"
    output = folder.appendingPathComponent(".\(name).out")
    errors = folder.appendingPathComponent(".\(name).err")
    for file in [output, errors] { try Data().write(to: file) }
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  /// Ends it as a power cut would.
  func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

  /// What it has written so far.
  func outputSoFar() throws -> String { try String(contentsOf: output, encoding: .utf8) }

  func wait() throws -> Outcome {
    process.waitUntilExit()
    let text = try [output, errors].map {
      String(decoding: try Data(contentsOf: $0), as: UTF8.self)
    }
    for file in [output, errors] { try FileManager.default.removeItem(at: file) }
    return Outcome(
      status: process.terminationStatus, isSignal: process.terminationReason == .uncaughtSignal,
      output: text[0], errors: text[1])
  }
}
