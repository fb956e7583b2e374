import Foundation
import Laws
import Search
import Studies

/// A folder for one study's file, removed at the end.
final class TemporaryStudy: Sendable {
  let folder: String
  let path: String

  init() throws {
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("supernet-studies-\(UUID().uuidString)").path
    path = folder + "/study.sqlite"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The names in the folder.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  static let goal = SearchGoal(Objective(.maximise, "accuracy"))

  static func header(
    judgedBy estimator: EstimatorIdentity = EstimatorIdentity("sample"), configuration: String = ""
  ) throws -> StudyHeader {
    StudyHeader(
      try SampleSpaces.plain(), named: "plain", goal: goal, judgedBy: estimator,
      configuration: configuration)
  }

  /// Opens the study, or begins it, as another process would.
  func open() throws -> StudyFile { try StudyFile(path, of: try Self.header()) }
}

extension StudyFile {
  func claimOne(_ choices: [Int], fidelity: Double = 1) throws -> Trial? {
    try claim(
      [Proposal(Architecture(choices), fidelity: fidelity)], source: "test",
      seed: .max)?.first
  }

  /// A search by random draws with metrics that cost nothing.
  func search(
    _ budget: Int, seed: UInt64 = 1, evaluating: (Trial) throws -> Void = { _ in },
    isInterrupted: () -> Bool = { false }
  ) throws -> StudySearch.Ending {
    try StudySearch(
      self, RegularizedEvolution(seed: seed, populationSize: 10), named: "evolution"
    ).run([.init(header.goal)], budget: budget, isInterrupted: isInterrupted) { trial in
      try evaluating(trial)
      return .measured(study.space.sampleMetrics(trial.architecture))
    }
  }
}
