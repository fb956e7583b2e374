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
    /// How many architectures one proposal may find refused before it is given up.
    public let refusalLimit: Int
    /// Says whether an architecture may be proposed; where it throws, the search ends with that.
    public let admits: (Architecture) throws -> Bool

    /// The limit where an architecture is timed to find out whether it is admitted.
    public static let timedRefusalLimit = 100

    /// - Parameters:
    ///   - goal: what to look for.
    ///   - refusalLimit: unless given, enough for costs that are only counted.
    ///   - admits: says whether an architecture may be proposed.
    public init(
      _ goal: SearchGoal, refusalLimit: Int = 100_000,
      admits: @escaping (Architecture) throws -> Bool = { _ in true }
    ) {
      self.goal = goal
      self.refusalLimit = refusalLimit
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

  private static let pollInterval: useconds_t = 100_000

  private let file: StudyFile
  private let strategy: any SearchStrategy
  private let source: String
  private let device: String
  private let seed: UInt64
  private let clock: EvaluationClock

  /// - Parameters:
  ///   - file: the study.
  ///   - strategy: that is asked what to try next.
  ///   - source: the strategy's name.
  ///   - device: that candidates are judged on; empty where none is.
  ///   - seed: of every evaluation.
  ///   - clock: of whoever evaluates, where other searches have it evaluate too.
  public init(
    _ file: StudyFile, _ strategy: any SearchStrategy, named source: String, device: String = "",
    seed: UInt64 = 0, clock: EvaluationClock = EvaluationClock()
  ) {
    self.file = file
    self.strategy = strategy
    self.source = source
    self.device = device
    self.seed = seed
    self.clock = clock
  }

  /// Goes from aim to aim, `batch` candidates at a time, until the study has spent `budget`.
  ///
  /// - Parameters:
  ///   - aims: what to look for, each in its turn.
  ///   - budget: evaluations of full fidelity, those of other processes and of earlier included;
  ///     one of lower fidelity counts as its part.
  ///   - batch: candidates that are proposed at a time.
  ///   - isInterrupted: asked before each evaluation.
  ///   - evaluate: judges a candidate.
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
        guard let claimed = try claim(count, aim, within: budget) else {
          hasChanged = true
          continue
        }
        // However this ends, what this process does not get to is another one's to take over.
        var left = claimed[...]
        defer { for trial in left { try? file.release(trial) } }
        while let trial = left.first, !isInterrupted() {
          try judge(trial, evaluate)
          left.removeFirst()
          try afterTrial(file)
          hasChanged = true
        }
      }
      if hasChanged { continue }
      // A strategy may be waiting for what others evaluate.
      guard file.study.pendingCount > 0 else { return .exhausted }
      usleep(Self.pollInterval)
    }
    return .interrupted
  }

  private func claim(_ count: Int, _ aim: Aim, within budget: Int) throws -> [Trial]? {
    let start = ContinuousClock.now
    let proposals = try ask(count, aim)
    // A rung of successive halving has room for so many.
    return try file.claim(
      proposals, source: source, device: device, seed: seed, within: Double(budget),
      standsAlone: !strategy.usesFidelities, proposedIn: ContinuousClock.now - start)
  }

  /// By itself, so that the history it lends is given back before the study grows: no copy is made.
  private func ask(_ count: Int, _ aim: Aim) throws -> [Proposal] {
    var (problem, refusals): ((any Error)?, Int) = (nil, 0)
    let request = SearchRequest(
      count, after: file.study, goal: aim.goal,
      admits: { architecture in
        guard problem == nil, refusals < aim.refusalLimit else { return false }
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
    let duration = clock.ended(askedFor: start)
    switch outcome {
    case .measured(let metrics): try file.complete(trial, metrics: metrics, duration: duration)
    case .failed(let reason): try file.fail(trial, reason: reason, duration: duration)
    }
  }
}
