import Export
import Search
import Studies
import Terminal

/// What `study` tells of a study.
struct StudyReport: Encodable {
  struct Trial: Encodable {
    var number: Int
    var fidelity: Double
    var source: String
    var metrics: [String: Double]
    var seconds: Double
    var architecture: String

    init(_ trial: Search.Trial, _ text: String) {
      number = trial.number
      fidelity = trial.fidelity
      source = trial.source
      // JSON has no infinities; the exported study tells them.
      metrics = trial.metrics.filter(\.value.isFinite)
      seconds = trial.duration / .seconds(1)
      architecture = text
    }
  }

  var file: String
  var space: String
  var architectures: Double
  var objective: String
  var trials: Int
  var complete: Int
  var failed: Int
  var pending: Int
  /// Of the pending, those that no living process holds.
  var abandoned: Int
  var strategies: [String: Int]
  var estimators: [String: Int]
  var devices: [String: Int]
  var evaluationSeconds: Double
  var proposalSeconds: Double
  /// Why trials failed, and how many.
  var failures: [String: Int]
  /// The main objective's best feasible value.
  var best: Double?
  var bestTrials: [Trial]?

  /// - Parameter best: how many of the best trials to list, or of the front if there are several
  ///   objectives; none unless given.
  init(_ file: StudyFile, best count: Int? = nil) throws {
    let (study, goal, trials) = (file.study, file.header.goal, file.study.trials)
    self.file = file.path
    space = file.header.spaceName
    architectures = study.space.count
    objective = goal.text
    self.trials = trials.count
    complete = trials.count { $0.state == .complete }
    failed = trials.count { $0.state.words.name == "failed" }
    pending = trials.count { $0.state == .pending }
    abandoned = try file.abandonedCount()
    strategies = Self.counts(trials.map(\.source))
    estimators = Self.counts(trials.map(\.estimator))
    devices = Self.counts(trials.map(\.device))
    evaluationSeconds = trials.reduce(.zero) { $0 + $1.duration } / .seconds(1)
    proposalSeconds = file.proposalDurations.reduce(.zero, +) / .seconds(1)
    failures = Self.counts(trials.map(\.state.words.reason))
    best = study.best(by: goal)?.metrics[goal.objective.metric]
    guard let count else { return }
    let listed =
      goal.objectives.count > 1
      ? study.front(by: goal).trials
      : trials.filter { goal.isFeasible($0) }.sorted { goal.prefers($0, to: $1) }
    let text = Self.writer(file)
    bestTrials = listed.prefix(count).map { Trial($0, text($0.architecture)) }
  }

  /// How the space's users write its architectures, where the study knows.
  private static func writer(_ file: StudyFile) -> (Architecture) -> String {
    let node = try? ConfigurationNode(parsing: file.header.configuration, file: file.path)
    let space = node.flatMap { try? SpaceCatalogue.space(reading: $0) }
    guard let space, space.searchSpace == file.header.space else {
      return file.header.space.text(of:)
    }
    return space.text(of:)
  }

  private static func counts(_ words: [String]) -> [String: Int] {
    words.reduce(into: [:]) { counts, word in if !word.isEmpty { counts[word, default: 0] += 1 } }
  }

  var text: String {
    func told(_ counts: [String: Int]) -> String {
      counts.isEmpty
        ? "-"
        : counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          .map { counts.count == 1 ? $0.key : "\($0.key) (\($0.value))" }.joined(separator: ", ")
    }
    var lines = [
      "\(file): \(space) (\(Readable.scientific(architectures)) architectures), \(objective)",
      "\(trials) trials: \(complete) complete, \(failed) failed, \(pending) pending"
        + (abandoned > 0 ? " (\(abandoned) of a process that has ended)" : ""),
      "strategy \(told(strategies)); estimator \(told(estimators)); device \(told(devices))",
      "\(Readable.span(evaluationSeconds)) of evaluation, \(Readable.span(proposalSeconds)) of "
        + "proposing",
    ]
    lines += failures.sorted { $0.value > $1.value }.prefix(5).map {
      "failed, \($0.value) \($0.value == 1 ? "trial" : "trials"): \($0.key)"
    }
    return lines.joined(separator: "\n")
  }
}

extension StudyReport {
  /// The best trials as rows, a column for each metric, after an empty line; empty of none.
  func trialTable(of goal: SearchGoal) -> String {
    guard let trials = bestTrials, !trials.isEmpty else { return "" }
    let first = goal.objectives.map(\.metric)
    let all = trials.reduce(into: Set<String>()) { $0.formUnion($1.metrics.keys) }
    let metrics = first.filter(all.contains) + all.subtracting(first).sorted()
    let isPartial = trials.contains { $0.fidelity < 1 }
    var table = Table(
      ["trial"] + metrics + (isPartial ? ["fidelity"] : []) + ["strategy", "architecture"])
    for trial in trials {
      table.rows.append(
        ["\(trial.number)"] + metrics.map { trial.metrics[$0].map(Readable.significant) ?? "-" }
          + (isPartial ? [Readable.significant(trial.fidelity)] : [])
          + [trial.source, trial.architecture])
    }
    return "\n\n" + table.text
  }
}

extension SearchGoal {
  /// `maximise top1, minimise parameters; latency.cpu at most 1.000 ms`.
  var text: String {
    let objectives = objectives.map {
      "\($0.direction.rawValue) \($0.metric)"
    }.joined(separator: ", ")
    return ([objectives] + (constraints.isEmpty ? [] : [limitsText])).joined(separator: "; ")
  }

  /// `latency.cpu at most 1.000 ms; top1 at least 0.9`.
  var limitsText: String {
    constraints.map {
      "\($0.metric) at \($0.isLeast ? "least" : "most") "
        + Readable.value($0.limit, of: $0.metric)
    }.joined(separator: "; ")
  }
}

extension Readable {
  /// A metric's value as its unit asks.
  static func value(_ value: Double, of metric: String) -> String {
    CostMetric.OnDevice(metric)?.quantity == .latency ? milliseconds(value) : significant(value)
  }
}
