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
  /// The device's identifier; empty where none is involved.
  private let device: String

  var goal: SearchGoal { header.goal }

  /// - Parameter subject: the name of a space, or the path of its file.
  init(
    _ subject: String, judgedBy estimatorName: String?, _ options: EstimationOptions,
    _ goalOptions: GoalOptions
  ) throws {
    let space = try SpaceCatalogue.space(subject, read: RunConfiguration.text(of:))
    self.space = space
    // A table is there to be looked up.
    let entry = try EstimatorCatalogue.entry(
      named: estimatorName ?? (options.table == nil ? "full-training" : "tabular"))
    self.estimatorName = entry.name
    let device = options.device
    let setting = try options.setting(for: space, on: device)
    estimator = try entry.make(setting)
    self.device = device.made?.description.identifier ?? ""
    let goal = try goalOptions.goal(default: estimator.metric)
    header = StudyHeader(
      space.searchSpace, named: space.name, goal: goal, configuration: space.yaml)
    // What the table has is not measured.
    let columns = Set(setting.table.map { Self.columns(of: $0.text) } ?? [])
    costs = try CandidateCosts(
      (goal.objectives.map(\.metric) + goal.constraints.map(\.metric))
        .filter { !columns.contains($0) }, of: space,
      open: { try options.compute.open($0).device })
  }

  /// The names in a table's first line.
  private static func columns(of text: String) -> [String] {
    text.prefix { !$0.isNewline }.split(separator: ",").map(String.init)
  }

  /// Searches until the study has spent a budget.
  func run(
    _ file: StudyFile, _ strategy: String, seed: Int, budget: Int,
    afterTrial: (StudyFile) throws -> Void
  ) throws -> StudySearch.Ending {
    let search = try StudySearch(
      file, StrategyCatalogue.entry(named: strategy).make(UInt64(seed)), named: strategy,
      estimator: estimatorName, device: device, seed: UInt64(seed))
    let aim = StudySearch.Aim(goal, admits: admits)
    return try search.run([aim], budget: budget, evaluate: evaluate, afterTrial: afterTrial)
  }

  private func admits(_ architecture: Architecture) throws -> Bool {
    do {
      let known = try costs.values(of: architecture)
      return goal.constraints.allSatisfy { constraint in
        known[constraint.metric].map(constraint.isMet) ?? true
      }
    } catch is DeviceError {
      return false
    }
  }

  private func evaluate(_ trial: Trial) throws -> StudySearch.Outcome {
    let metrics: [String: Double]
    do {
      let costs = try costs.values(of: trial.architecture)
      metrics = try estimator.metrics(
        of: trial.architecture, fidelity: trial.fidelity, seed: trial.seed
      ).merging(costs) { measured, _ in measured }
    } catch let error as EstimationError {
      return .failed(reason: "\(error)")
    } catch let error as DeviceError {
      return .failed(reason: "\(error)")
    }
    for metric in goal.objectives.map(\.metric) + goal.constraints.map(\.metric)
    where metrics[metric] == nil {
      throw ConfigurationError(
        "no metric is named \"\(metric)\": there are "
          + (Set(metrics.keys).union(["multiply-adds", "parameters", "peak-bytes"])).sorted()
          .joined(separator: ", ") + ", latency.DEVICE")
    }
    return .measured(metrics)
  }

  /// `best top1 94.37`, for a line of progress.
  func bestText(_ study: Study) -> String {
    guard let best = study.best(by: goal)?.metrics[goal.objective.metric] else { return "" }
    return "best \(goal.objective.metric) \(Readable.significant(best))"
  }
}
