import Export
import Studies
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

/// The folder that holds everything a run makes.
struct RunFolder {
  let path: String

  var configuration: String { path + "/config.yaml" }
  var space: String { path + "/space.yaml" }
  var checkpoint: String { path + "/checkpoint.safetensors" }
  /// How training went: `TrainingRecord`.
  var training: String { path + "/training.csv" }
  /// The same for TensorBoard: `TrainingEvents`.
  var events: String { path + "/events" }
  /// What was done here, when and on what: `CommandRecord`.
  var commands: String { path + "/commands.jsonl" }
  var report: String { path + "/report.html" }
  /// What `compare-devices` found.
  var comparison: String { path + "/devices/comparison.json" }
  var study: String { path + "/study.sqlite" }
  var front: String { path + "/front.csv" }
  var summary: String { path + "/summary.json" }
  var subnets: String { path + "/subnets" }

  func log(_ format: LogFormat) -> String {
    path + (format == .json ? "/log.jsonl" : "/log.txt")
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The space of a run's folder, or a space by its name or file.
  static func space(of text: String) throws -> any NetworkSpace {
    let folder = RunFolder(path: text)
    guard exists(folder.configuration) else {
      return try SpaceCatalogue.space(text)
    }
    return try RunConfiguration(keptIn: folder).space
  }

  /// The training's curve up to a step; empty where there is none yet.
  func curve(through step: Int) throws -> TrainingCurve {
    guard Self.exists(training) else { return TrainingCurve() }
    return try TrainingCurve(readingFrom: training).prefix(through: step)
  }

  /// Makes the folder and those above it.
  func create() throws {
    for folder in [path, subnets] { try Self.make(folder) }
  }

  /// Makes a folder and those above it, where they are not there.
  static func make(_ folder: String, option: String = "--folder") throws {
    var made = folder.hasPrefix("/") ? "/" : ""
    for part in folder.split(separator: "/") {
      made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
      guard mkdir(made, 0o777) == 0 || errno == EEXIST else {
        throw ConfigurationError(
          "\(made): cannot be made: \(String(cString: strerror(errno))); give another \(option)")
      }
    }
  }

  /// Refuses to write over a run.
  func requireNew() throws {
    guard !Self.exists(checkpoint), !Self.exists(configuration) else {
      throw ConfigurationError(
        "\(path): holds a run already; add --resume to go on with it, or --name for another")
    }
  }

  /// Keeps what the run is about to do.
  func begin(_ configuration: RunConfiguration) throws {
    try create()
    for folder in [path, subnets] { AtomicFile.removeLeftovers(in: folder) }
    try AtomicFile.write(configuration.yaml, to: self.configuration)
    try AtomicFile.write(configuration.space.yaml, to: space)
  }

  func forgetStudy() throws { try StudyFile.remove(study) }

  private func remove(_ path: String) throws {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw ConfigurationError(
        "\(path): cannot be removed: \(String(cString: strerror(errno))); check the permissions")
    }
  }

  /// Takes away what an earlier search found: summary, front and chosen subnets.
  func forgetResults() throws {
    try create()
    for name in (try? FileManager.default.contentsOfDirectory(atPath: subnets)) ?? []
    where name.contains("-budget") {
      try remove("\(subnets)/\(name)")
    }
    try remove(summary)
    try remove(front)
    try remove(report)
  }
}
