import Compute
import Export
import Search
import Studies
import Terminal

/// A space with what judges its candidates: what `search` and `compare` run strategies on.
final class SpaceSearch {
  let space: any NetworkSpace
  let estimatorName: String
  let header: StudyHeader
  private let estimator: any Estimator
  private let costs: CandidateCosts
  /// The identifier of the device that was opened; empty where none was.
  private let device: String

  var goal: SearchGoal { header.goal }

  /// - Parameters:
  ///   - subject: the name of a space, or the path of its file.
  ///   - tables: paths of latency tables, whose devices the goal may name.
  ///   - keep: how the paths begin at which the estimator keeps what it prepares, from the name of
  ///     space and estimator.
  init(
    _ subject: String, judgedBy estimatorName: String?, _ options: EstimationOptions,
    _ goalOptions: GoalOptions, tables: [String] = [], isQuiet: Bool, keep: (String) -> String
  ) throws {
    let space = try SpaceCatalogue.space(subject)
    self.space = space
    // A table is there to be looked up.
    let entry = try EstimatorCatalogue.entry(
      named: estimatorName ?? (options.training.table == nil ? "full-training" : "tabular"))
    self.estimatorName = entry.name
    var setting = try options.setting(for: space, isQuiet: isQuiet)
    setting.keep = keep("\(space.name)-\(entry.name)")
    var device = ""
    let open = setting.device
    setting.device = {
      let opened = try open()
      device = opened.description.identifier
      return opened
    }
    estimator = try entry.make(setting)
    self.device = device
    let goal = try goalOptions.goal(default: estimator.metric)
    try Self.check(goal, measuredBy: estimator)
    header = StudyHeader(
      space.searchSpace, named: space.name, goal: goal,
      judgedBy: EstimatorIdentity(entry.name, settings: estimator.settings),
      configuration: space.yaml)
    // A table may have latencies of devices that are not here; what can be counted always is.
    let measured = Set(estimator.metrics).subtracting(CostMetric.counted)
    costs = try CandidateCosts(
      goal.metrics.filter { !measured.contains($0) }, of: space,
      source: try DeviceSources(tables: tables, for: space) { name in
        LatencyTimer(try Supernet(space, on: options.compute.open(name).device, seed: 1))
      }.source)
  }

  private static func check(_ goal: SearchGoal, measuredBy estimator: any Estimator) throws {
    let known = estimator.metrics + CostMetric.counted.filter { !estimator.metrics.contains($0) }
    for metric in goal.metrics where !known.contains(metric) && !CostMetric.contains(metric) {
      throw ConfigurationError(
        "no metric is named \"\(metric)\": there are "
          + (estimator.metrics + [CostMetric.names]).joined(separator: ", "))
    }
  }

  /// Says whether the estimator can judge what a strategy proposes.
  func suits(_ strategy: StrategyEntry) -> Bool {
    estimator.hasFidelities || !strategy.make(0).usesFidelities
  }

  /// The strategy of that name, or a `ConfigurationError` where it does not suit the estimator.
  func strategy(named name: String) throws -> StrategyEntry {
    let entry = try StrategyCatalogue.entry(named: name)
    guard suits(entry) else {
      throw ConfigurationError(
        "strategy \(name): spends little on many candidates, and the estimator \(estimatorName) "
          + "knows no part of its effort; choose another strategy, or --estimator full-training")
    }
    return entry
  }

  /// Searches until the study has spent a budget, or Ctrl-C.
  func run(
    _ file: StudyFile, _ strategy: StrategyEntry, seed: Int, budget: Int,
    afterTrial: (StudyFile) throws -> Void = { _ in }
  ) throws -> StudySearch.Ending {
    let search = StudySearch(
      file, strategy.make(UInt64(seed)), named: strategy.name, device: device, seed: UInt64(seed))
    let aim =
      costs.areTimed
      ? StudySearch.Aim(
        goal, refusalLimit: StudySearch.Aim.timedRefusalLimit, admits: admits)
      : StudySearch.Aim(goal, admits: admits)
    do {
      return try search.run(
        [aim], budget: budget, isInterrupted: { Interruption.happened },
        evaluate: { trial in
          // Others may have added to it.
          estimator.recall(file.study.trials)
          return try evaluate(trial)
        }, afterTrial: afterTrial)
    } catch is CancellationError {
      return .interrupted
    }
  }

  private func admits(_ architecture: Architecture) throws -> Bool {
    do {
      let known = try costs.values(of: architecture)
      return goal.constraints.allSatisfy { constraint in
        known[constraint.metric].map(constraint.isMet) ?? true
      }
    } catch let error as DeviceError where error.cause != .lost {
      return false
    }
  }

  private func evaluate(_ trial: Trial) throws -> StudySearch.Outcome {
    let metrics: [String: Double]
    do {
      let costs = try costs.values(of: trial.architecture)
      metrics = try estimator.metrics(
        of: trial.architecture, fidelity: trial.fidelity, seed: trial.seed
      ).merging(costs) { _, counted in counted }
    } catch let error as EstimationError {
      return .failed(reason: "\(error)")
    } catch let error as DeviceError where error.cause != .lost {
      return .failed(reason: "\(error)")
    }
    if let missing = goal.metrics.first(where: { metrics[$0] == nil }) {
      return .failed(reason: "\(missing) was not measured")
    }
    return .measured(metrics)
  }

  /// `best top1 94.37`, for a line of progress.
  func bestText(_ study: Study) -> String {
    guard let best = study.best(by: goal)?.metrics[goal.objective.metric] else { return "" }
    return "best \(goal.objective.metric) \(Readable.significant(best))"
  }
}
