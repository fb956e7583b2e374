import Datasets
import Operators
import Search
@_exported public import Studies
import Supernets

/// What a subnet is sought for: an objective under limits, and what the subnet found is called.
public struct SubnetBudget: Sendable, Equatable {
  public var name: String
  public var goal: SearchGoal

  public init(_ name: String, _ goal: SearchGoal) {
    self.name = name
    self.goal = goal
  }

  /// The most accurate subnet that a device runs on one image in so many seconds.
  public init(_ name: String, device: String, seconds: Double) {
    self.init(
      name,
      SearchGoal(
        Objective(.maximise, SubnetSearch.accuracyMetric),
        under: [Constraint(CostMetric.latency(on: device), atMost: seconds)]))
  }
}

/// Searches a trained supernet for the best subnets under several budgets.
///
/// All goals share one study: a subnet's accuracy is estimated once, its costs on every device are
/// known once. They are known before it is judged, so none is judged that fits no budget.
public final class SubnetSearch {
  /// Top-1 on validation images.
  public static let accuracyMetric = "top1"

  /// What such a study is about; each budget has a goal of its own.
  ///
  /// - Parameters:
  ///   - space: that is searched.
  ///   - settings: what accuracies depend on besides the supernet's parameters.
  public static func header(
    of space: any NetworkSpace, judgedWith settings: [String: String] = [:]
  ) -> StudyHeader {
    StudyHeader(
      space.searchSpace, named: space.name, goal: SearchGoal(Objective(.maximise, accuracyMetric)),
      judgedBy: EstimatorIdentity("one-shot", settings: settings), configuration: space.yaml)
  }

  public var study: Study { file.study }
  private let file: StudyFile
  private let space: any NetworkSpace
  private let estimator: any Estimator
  private let device: String
  private let costs: (Architecture) throws -> [String: Double]

  /// - Parameters:
  ///   - estimator: what judges accuracies.
  ///   - space: that is searched.
  ///   - device: that subnets are judged on, as trials name it.
  ///   - file: the study to go on with.
  ///   - costs: all that budgets limit besides the accuracy, and more; asked again for the same.
  public init(
    _ estimator: any Estimator, of space: any NetworkSpace, on device: String, in file: StudyFile,
    costs: @escaping (Architecture) throws -> [String: Double]
  ) {
    self.estimator = estimator
    self.space = space
    self.device = device
    self.costs = costs
    self.file = file
  }

  /// The same, judging the subnets of a supernet on images that are never reported on.
  public convenience init(
    _ estimator: AccuracyEstimator, validation: [LabelledImages], in file: StudyFile,
    costs: @escaping (Architecture) throws -> [String: Double]
  ) {
    self.init(
      InheritedEstimator(estimator, validation: validation), of: estimator.supernet.space,
      on: estimator.supernet.device.description.identifier, in: file, costs: costs)
  }

  /// The same, judging on the validation images of a split data set.
  public convenience init(
    _ estimator: AccuracyEstimator, trainedOn data: DatasetSplits, in file: StudyFile,
    costs: @escaping (Architecture) throws -> [String: Double]
  ) throws {
    self.init(
      estimator,
      validation: try LabelledImages.batches(
        of: data.validation, statistics: data.statistics, batchSize: 128,
        on: estimator.supernet.device),
      in: file, costs: costs)
  }

  /// Measures the costs of all that is known anew: a study that is gone on with may have been begun
  /// under another load, with other threads, or for other devices.
  public func timeAgain() throws {
    var measured: [Int: [String: Double]] = [:]
    for trial in study.trials where trial.state == .complete {
      measured[trial.number] = try costs(trial.architecture)
    }
    try file.remeasure(measured)
  }

  /// `count` budgets for a device: equal steps up from the smallest subnet's latency, the last one
  /// the largest's.
  public static func automaticBudgets(_ count: Int, from least: Double, to most: Double) -> [Double]
  {
    (1...count).map { step in
      let part = Double(step) / Double(count)
      // The last one exactly: rounding must not shut the largest out.
      return step == count ? max(least, most) : least + part * max(most - least, 0)
    }
  }

  /// Goes from budget to budget, a few candidates at a time.
  ///
  /// Ends when the study has spent `total` evaluations or nothing new fits, or before an evaluation
  /// where `isInterrupted` says so. `clock` is the judge's, where others have it judge too. `afterTrial`
  /// is told each change of the study.
  @discardableResult
  public func run(
    _ strategy: any SearchStrategy, named name: String, under budgets: [SubnetBudget],
    total: Int, batch: Int = 2, clock: EvaluationClock = EvaluationClock(),
    isInterrupted: () -> Bool = { false },
    afterTrial: (Study) throws -> Void
  ) throws -> StudySearch.Ending {
    let aims = budgets.map { budget in
      StudySearch.Aim(
        budget.goal, refusalLimit: StudySearch.Aim.timedRefusalLimit
      ) { architecture in
        do {
          let known = try self.costs(architecture)
          return budget.goal.constraints.allSatisfy { constraint in
            known[constraint.metric].map(constraint.isMet) ?? true
          }
        } catch let error as DeviceError where error.cause != .lost {
          return false
        }
      }
    }
    let search = StudySearch(file, strategy, named: name, device: device, clock: clock)
    return try search.run(
      aims, budget: total, batch: batch, isInterrupted: isInterrupted,
      evaluate: { trial in
        do {
          return .measured(try metrics(of: trial))
        } catch let error as DeviceError where error.cause != .lost {
          // This one did not fit the device; the next may.
          return .failed(reason: "\(error)")
        }
      }, afterTrial: { try afterTrial($0.study) })
  }

  private func metrics(of trial: Trial) throws -> [String: Double] {
    let costs = try costs(trial.architecture)
    return try estimator.metrics(
      of: trial.architecture, fidelity: trial.fidelity, seed: trial.seed
    ).merging(costs) { _, cost in cost }
  }

  /// The `count` best trials by a goal, best first.
  public func best(_ count: Int, by goal: SearchGoal) -> [Trial] {
    Array(
      study.trials.filter { goal.isFeasible($0) }.sorted { goal.prefers($0, to: $1) }.prefix(count))
  }

  /// The trials that no other beats in both accuracy and latency on a device.
  public static func front(_ study: Study, device: String) -> ParetoFront {
    ParetoFront(
      of: study.trials,
      objectives: [
        Objective(.minimise, CostMetric.latency(on: device)),
        Objective(.maximise, accuracyMetric),
      ])
  }
}
