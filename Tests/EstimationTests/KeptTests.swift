import Estimation
import Foundation
import Search
import Supernets
import Testing

/// What is made before the first candidate is kept, and gone on with.
@Suite struct KeptTests {
  private static let cell =
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|"

  /// The lines a monitor is told.
  private final class Told {
    var lines: [String] = []
    var limit = Int.max
    var monitor: WorkMonitor {
      WorkMonitor(
        isInterrupted: { self.lines.count >= self.limit }, tell: { self.lines.append($0) })
    }
  }

  private func setting(_ folder: URL, _ told: Told) throws -> EstimationSetting {
    var setting = try TinySetting.make()
    setting.keep = folder.appendingPathComponent("made").path
    setting.examples = 5
    setting.monitor = told.monitor
    return setting
  }

  /// Runs `body` with a folder that is removed afterwards.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("supernet-kept-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  /// Stopped after some work, gone on with, asked again: as if it had not been stopped.
  @Test(arguments: [("one-shot", 7), ("ridge", 5)])
  func whatIsStoppedGoesOn(_ name: String, _ limit: Int) throws {
    let entry = try EstimatorCatalogue.entry(named: name)
    var whole: [String: Double] = [:]
    var all = 0
    func ask(_ folder: URL, _ told: Told) throws -> [String: Double] {
      let setting = try setting(folder, told)
      let cell = try setting.space.architecture(text: Self.cell)
      return try entry.make(setting).metrics(of: cell, fidelity: 1, seed: 1)
    }
    try withFolder { folder in
      let told = Told()
      whole = try ask(folder, told)
      all = told.lines.count
    }
    try withFolder { folder in
      let (stopped, rest, nothing) = (Told(), Told(), Told())
      stopped.limit = limit
      #expect(throws: CancellationError.self) { try ask(folder, stopped) }
      let second = try ask(folder, rest)
      #expect(second == whole)
      // A candidate that was stopped is trained from its start.
      #expect((all - limit...all - limit + 2).contains(rest.lines.count), "\(rest.lines)")
      let third = try ask(folder, nothing)
      #expect(third == whole)
      #expect(nothing.lines.isEmpty)
    }
  }

  /// Judges all but one, and counts.
  private final class Picky: Estimator {
    let settings: [String: String]
    var asked = 0

    init(_ settings: [String: String] = [:]) { self.settings = settings }

    func metrics(
      of architecture: Architecture, fidelity: Double, seed: UInt64
    ) throws -> [String: Double] {
      asked += 1
      guard architecture.choices[0] > 0 else { throw EstimationError("too large") }
      return [Self.top1: Double(architecture.choices[1])]
    }
  }

  @Test func judgementsAreKept() throws {
    let space = try TinySetting.make().space
    try withFolder { folder in
      let path = folder.appendingPathComponent("a.sqlite").path
      for round in 0..<2 {
        let picky = Picky()
        let recorded = RecordedEstimator(picky, named: "picky", of: space, in: path, seed: 3)
        let metrics = try recorded.metrics(of: [1, 2, 0, 0, 0, 0], fidelity: 1, seed: 3)
        #expect(metrics["top1"] == 2)
        #expect(throws: EstimationError("too large")) {
          _ = try recorded.metrics(of: [0, 2, 0, 0, 0, 0], fidelity: 1, seed: 3)
        }
        #expect(picky.asked == (round == 0 ? 2 : 0))
      }
      for other in [
        RecordedEstimator(Picky(["epochs": "2"]), named: "picky", of: space, in: path, seed: 3),
        RecordedEstimator(Picky(), named: "picky", of: space, in: path, seed: 4),
      ] {
        #expect(throws: (any Error).self) { try other.trial(of: [1, 2, 0, 0, 0, 0]) }
      }
    }
  }
}
