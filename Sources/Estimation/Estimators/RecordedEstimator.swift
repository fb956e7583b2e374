import Operators
import Search
internal import Studies
import Supernets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An estimator whose answers are kept in a study: what it judged before it does not judge again.
public final class RecordedEstimator: Estimator {
  /// What came before the first candidate, in a trial's metrics.
  private static let preparation = "preparation-seconds"

  private let estimator: any Estimator
  private let path: String
  private let header: StudyHeader
  private let seed: UInt64
  private let monitor: WorkMonitor

  /// - Parameters:
  ///   - estimator: what judges what is not known yet.
  ///   - name: the estimator's.
  ///   - space: of the candidates.
  ///   - path: the study's file; open while a candidate is asked for, so that one process at a time
  ///     judges, and those that ask for the same ones share the work.
  ///   - seed: of every candidate.
  ///   - monitor: asked whether to end.
  public init(
    _ estimator: any Estimator, named name: String, of space: any NetworkSpace, in path: String,
    seed: UInt64, monitor: WorkMonitor = WorkMonitor()
  ) {
    self.estimator = estimator
    self.path = path
    self.seed = seed
    self.monitor = monitor
    header = StudyHeader(
      space.searchSpace, named: space.name,
      goal: SearchGoal(Objective(.maximise, estimator.metric)),
      judgedBy: EstimatorIdentity(
        name, settings: estimator.settings.merging(["seed": "\(seed)"]) { $1 }),
      configuration: space.yaml)
  }

  public var metric: String { estimator.metric }
  public var metrics: [String] { estimator.metrics }
  public var settings: [String: String] { estimator.settings }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let trial = try trial(of: architecture)
    if case .failed(let reason) = trial.state { throw EstimationError(reason) }
    return trial.metrics
  }

  /// The judgement of a candidate, complete or failed: what is kept, or a new one.
  public func trial(of architecture: Architecture) throws -> Trial {
    let file = try openAlone()
    // What a process that was stopped had begun.
    while let begun = try file.takeOver() { try judge(begun, file) }
    if let known = file.study.trials(of: architecture).first { return known }
    let start = ContinuousClock.now
    try estimator.prepare()
    let preparation = ContinuousClock.now - start
    guard let new = try file.claim([Proposal(architecture)], source: "drawn", seed: seed)?.first
    else { preconditionFailure("another process adds to \(path), which is open alone") }
    try judge(new, file)
    if preparation > .milliseconds(1) {
      try file.remeasure([new.number: [Self.preparation: preparation.seconds]])
    }
    return file.study.trials[new.number]
  }

  /// Seconds that went before first candidates, of all processes that judged.
  public func preparationSeconds() throws -> Double {
    try openAlone().study.trials.reduce(0) { $0 + ($1.metrics[Self.preparation] ?? 0) }
  }

  private func judge(_ trial: Trial, _ file: StudyFile) throws {
    let start = ContinuousClock.now
    func fail(_ error: any Error) throws {
      try file.fail(trial, reason: "\(error)", duration: ContinuousClock.now - start)
    }
    do {
      let metrics = try estimator.metrics(
        of: trial.architecture, fidelity: trial.fidelity, seed: trial.seed)
      try file.complete(trial, metrics: metrics, duration: ContinuousClock.now - start)
    } catch let error as EstimationError {
      try fail(error)
    } catch let error as DeviceError where error.cause != .lost {
      try fail(error)
    } catch {
      try? file.release(trial)
      throw error
    }
  }

  private func openAlone() throws -> StudyFile {
    while true {
      if let file = try StudyFile(alone: path, of: header) { return file }
      try monitor.step("waiting for another process, which judges for \(path)")
      usleep(200_000)
    }
  }
}
