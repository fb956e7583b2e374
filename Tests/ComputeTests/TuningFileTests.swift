import Compute
import ComputeOpenCL
import Foundation
import Testing

@Suite final class TuningFileTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("supernet-tuning-\(UUID().uuidString)")
  private let file: TuningFile
  private let tuning: Tuning

  init() throws {
    file = TuningFile(FoundDevice.native(threads: 2).fingerprint, in: folder.path)
    let works = [
      WorkBucket("convolution", rows: 4096, columns: 64, depth: 32, kernel: 1, stride: 1),
      WorkBucket("depthwise", rows: 512, columns: 128, depth: 7, kernel: 5, stride: 2),
    ]
    let choices = [
      Tuning.Choice(
        ["block-rows": 32, "items-per-unit": 4], defaultTime: .milliseconds(3),
        time: .milliseconds(2)), Tuning.Choice(["band-rows": 7]),
    ]
    tuning = Tuning(
      build: DeviceBuild(tile: Tile(lanes: 16, rows: 12, columns: 2, elementsPerItem: 8192)),
      choices: Dictionary(uniqueKeysWithValues: zip(works, choices)), origin: file.path)
    try file.write(tuning)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func edit(_ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: file.path, encoding: .utf8)
    #expect(text.contains(old))
    // In place: owner and mode stay.
    try Data(text.replacingOccurrences(of: old, with: new).utf8).write(
      to: URL(fileURLWithPath: file.path))
  }

  private func expectIgnored(_ reason: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let read = file.read()
    #expect(read.tuning == nil, sourceLocation: sourceLocation)
    let problem = read.problem ?? ""
    #expect(problem.contains(reason), "\(problem)", sourceLocation: sourceLocation)
    #expect(!problem.contains("\n"), sourceLocation: sourceLocation)
  }

  @Test func whatIsWrittenIsRead() {
    let read = file.read()
    #expect(read.tuning == tuning && read.problem == nil)
  }

  @Test func noFileIsNoProblem() {
    let other = TuningFile(FoundDevice.native(threads: 3).fingerprint, in: folder.path)
    #expect(other.path != file.path)
    #expect(other.read().tuning == nil && other.read().problem == nil)
  }

  @Test func anotherDevicesFileIsIgnored() throws {
    let other = TuningFile(FoundDevice.native(threads: 3).fingerprint, in: folder.path)
    try FileManager.default.copyItem(atPath: file.path, toPath: other.path)
    #expect(other.read().tuning == nil)
    #expect(other.read().problem?.contains("of another device or driver") == true)
  }

  @Test func anotherVersionsFileIsIgnored() throws {
    try edit("\"format\" : 1", "\"format\" : 2")
    expectIgnored("of another version")
  }

  @Test(arguments: [
    ("\"block-rows\" : 32", "\"block-rows\" : 0"), ("\"block-rows\" : 32", "\"block-rows\" : 4097"),
    ("\"block-rows\" : 32", "\"block-rows\" : -9223372036854775808"),
    ("\"rows\" : 4096", "\"rows\" : 0"), ("\"rows\" : 12", "\"rows\" : 17"),
    ("\"lanes\" : 16", "\"lanes\" : 5"), ("\"milliseconds\" : 2", "\"milliseconds\" : -2"),
  ])
  func numbersOutOfBoundsAreRefused(_ old: String, _ new: String) throws {
    try edit(old, new)
    expectIgnored("numbers out of bounds")
  }

  @Test(arguments: ["1e99", "\"many\"", "99999999999999999999", "{}"])
  func whatIsNoNumberIsRefused(_ value: String) throws {
    try edit("\"block-rows\" : 32", "\"block-rows\" : \(value)")
    expectIgnored("not JSON of a tuning")
  }

  @Test func damageIsRefused() throws {
    for text in ["", "{", "[]", "null", "\u{0}"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
      expectIgnored("not JSON of a tuning")
    }
  }

  @Test(arguments: [0o666, 0o664, 0o646]) func aFileThatOthersMayWriteIsRefused(_ mode: mode_t) {
    #expect(chmod(file.path, mode) == 0)
    expectIgnored("writable by others")
  }

  @Test func someoneElsesFileIsRefused() {
    guard geteuid() == 0 else { return print("skipped: giving a file away, for want of root") }
    #expect(chown(file.path, 4711, 4711) == 0)
    expectIgnored("not the user's own")
  }

  @Test func aPipeIsRefused() throws {
    try FileManager.default.removeItem(atPath: file.path)
    #expect(mkfifo(file.path, 0o600) == 0)
    expectIgnored("not a file")
  }

  /// Whatever the user's mask would allow others.
  @Test func nobodyElseMayWriteIt() throws {
    let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o644)
  }

  @Test func itsFolderIsTheUsersAlone() throws {
    let made = folder.appendingPathComponent("cache/tuning")
    try TuningFile(FoundDevice.native(threads: 2).fingerprint, in: made.path).write(tuning)
    for folder in [made, made.deletingLastPathComponent()] {
      let mode = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o700)
    }
  }
}
