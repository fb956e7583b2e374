public import Search
import TensorFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The loop of a search: takes over what was left behind, asks the strategy, claims, evaluates, tells.
///
/// Any number of processes may run it on one file.
public struct StudySearch {
  /// What to look for, and what may be proposed to that end.
  public struct Aim {
    public let goal: SearchGoal
    /// Says whether an architecture may be proposed; where it throws, the search ends with that.
    public let admits: (Architecture) throws -> Bool

    public init(
      _ goal: SearchGoal, admits: @escaping (Architecture) throws -> Bool = { _ in true }
    ) {
      self.goal = goal
      self.admits = admits
    }
  }

  /// What an evaluation ends with; what it throws ends the search, and the trial stays pending.
  public enum Outcome {
    case measured([String: Double])
    case failed(reason: String)
  }

  /// Why a search has ended.
  public enum Ending: Sendable {
    case spent, exhausted, interrupted
  }

  /// Measuring what is not admitted takes time too: an ask that refuses this many is ended.
  private static let refusalLimit = 100
  private static let pollInterval: useconds_t = 100_000

  private let file: StudyFile
  private let strategy: any SearchStrategy
  private let source: String
  private let estimator: String
  private let device: String
  private let seed: UInt64

  /// Throws a `FileError` where the study holds trials of another estimator: they are not comparable.
  ///
  /// - Parameters:
  ///   - source: the strategy's name.
  ///   - seed: of every evaluation.
  public init(
    _ file: StudyFile, _ strategy: any SearchStrategy, named source: String, estimator: String,
    device: String = "", seed: UInt64 = 0
  ) throws {
    if let other = file.study.trials.first(where: { $0.estimator != estimator }) {
      throw FileError(
        path: file.path, problem: "holds trials of the estimator \(other.estimator)",
        advice: "go on with that one, or give another file")
    }
    self.file = file
    self.strategy = strategy
    self.source = source
    self.estimator = estimator
    self.device = device
    self.seed = seed
  }

  /// Goes from aim to aim, `batch` candidates at a time, until the study has spent `budget`.
  ///
  /// - Parameters:
  ///   - budget: evaluations of full fidelity, those of other processes and of earlier included; one
  ///     of lower fidelity counts as its part.
  ///   - isInterrupted: asked before each evaluation.
  ///   - afterTrial: told each change.
  public func run(
    _ aims: [Aim], budget: Int, batch: Int = 1, isInterrupted: () -> Bool = { false },
    evaluate: (Trial) throws -> Outcome, afterTrial: (StudyFile) throws -> Void = { _ in }
  ) throws -> Ending {
    while !isInterrupted() {
      if let trial = try file.takeOver(device: device) {
        try judge(trial, evaluate)
        try afterTrial(file)
        continue
      }
      guard file.study.spent < Double(budget) else { return .spent }
      var hasChanged = false
      for aim in aims where file.study.spent < Double(budget) {
        let count = min(batch, Int((Double(budget) - file.study.spent).rounded(.up)))
        guard let claimed = try claim(count, aim) else {
          hasChanged = true
          continue
        }
        for trial in claimed {
          guard !isInterrupted() else {
            try file.release(trial)
            continue
          }
          try judge(trial, evaluate)
          try afterTrial(file)
          hasChanged = true
        }
      }
      if hasChanged { continue }
      // A strategy may be waiting for what others evaluate.
      guard file.study.trials.contains(where: { $0.state == .pending }) else { return .exhausted }
      usleep(Self.pollInterval)
    }
    return .interrupted
  }

  private func claim(_ count: Int, _ aim: Aim) throws -> [Trial]? {
    let start = ContinuousClock.now
    let proposals = try ask(count, aim)
    return try file.claim(
      proposals, source: source, estimator: estimator, device: device, seed: seed,
      proposedIn: ContinuousClock.now - start)
  }

  /// By itself, so that the history it lends is given back before the study grows: no copy is made.
  private func ask(_ count: Int, _ aim: Aim) throws -> [Proposal] {
    var (problem, refusals): ((any Error)?, Int) = (nil, 0)
    let request = SearchRequest(
      count, after: file.study, goal: aim.goal,
      admits: { architecture in
        guard problem == nil, refusals < Self.refusalLimit else { return false }
        do {
          let admits = try aim.admits(architecture)
          refusals += admits ? 0 : 1
          return admits
        } catch {
          problem = error
          return false
        }
      })
    let proposals = strategy.proposals(for: request)
    if let problem { throw problem }
    return proposals
  }

  private func judge(_ trial: Trial, _ evaluate: (Trial) throws -> Outcome) throws {
    let start = ContinuousClock.now
    let outcome: Outcome
    do {
      outcome = try evaluate(trial)
    } catch {
      // What ends this process need not end another one's try.
      try? file.release(trial)
      throw error
    }
    let duration = ContinuousClock.now - start
    switch outcome {
    case .measured(let metrics): try file.complete(trial, metrics: metrics, duration: duration)
    case .failed(let reason): try file.fail(trial, reason: reason, duration: duration)
    }
  }
}

extension Study {
  /// The evaluations that were made or begun, in full ones: one of lower fidelity is its part of one.
  public var spent: Double {
    // Thirds add up to a little less than one.
    (trials.reduce(0) { $0 + $1.fidelity } * 1e6).rounded() / 1e6
  }
}
