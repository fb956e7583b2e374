import Operators
import Search
public import Studies
import Supernets

/// A limit on the latency of one image on one device.
public struct LatencyBudget: Sendable, Equatable {
  public var device: String
  public var seconds: Double

  public init(device: String, seconds: Double) {
    self.device = device
    self.seconds = seconds
  }

  /// The most accurate subnet within this budget.
  public var goal: SearchGoal {
    SearchGoal(
      Objective(.maximise, SubnetSearch.accuracyMetric),
      under: [Constraint(CostMetric.latency(on: device), atMost: seconds)])
  }
}

/// Searches a trained supernet for the best subnets under several budgets on several devices.
///
/// All goals share one study: a subnet's accuracy is estimated once, its latency measured once on
/// each device. A candidate is timed before it is judged, so none is judged that fits no budget.
public final class SubnetSearch {
  /// Top-1 on validation images.
  public static let accuracyMetric = "top1"

  /// What such a study is about; each budget has a goal of its own.
  ///
  /// - Parameter settings: what accuracies depend on besides the supernet's parameters.
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
  private let estimator: AccuracyEstimator
  private let validation: [LabelledImages]
  private let timers: [(device: String, timer: LatencyTimer)]

  /// - Parameters:
  ///   - validation: the images candidates are judged on, never those that are reported on.
  ///   - timers: by the device's identifier.
  ///   - file: the study to go on with.
  public init(
    _ estimator: AccuracyEstimator, validation: [LabelledImages],
    timers: [(device: String, timer: LatencyTimer)], in file: StudyFile
  ) {
    self.estimator = estimator
    self.validation = validation
    self.timers = timers
    self.file = file
    space = estimator.supernet.space
  }

  /// Measures the latencies of all that is known anew: a study that is gone on with may have been
  /// begun under another load, with other threads, or for other devices.
  public func timeAgain() throws {
    var measured: [Int: [String: Double]] = [:]
    for trial in study.trials where trial.state == .complete {
      measured[trial.number] = try latencies(of: trial.architecture)
    }
    try file.remeasure(measured)
  }

  /// `count` budgets for each device: equal steps up from the smallest subnet's latency, the last
  /// one the largest's.
  public func automaticBudgets(_ count: Int) throws -> [LatencyBudget] {
    try timers.flatMap { device, _ in
      let least = try latency(space.smallest, on: device)
      let most = try latency(space.largest, on: device)
      return (1...count).map { step in
        let part = Double(step) / Double(count)
        // The last one exactly: rounding must not shut the largest out.
        let seconds = step == count ? max(least, most) : least + part * max(most - least, 0)
        return LatencyBudget(device: device, seconds: seconds)
      }
    }
  }

  /// Goes from budget to budget, a few candidates at a time.
  ///
  /// Ends when the study has spent `total` evaluations or nothing new fits, or before an evaluation
  /// where `isInterrupted` says so. `afterTrial` is told each change of the study.
  public func run(
    _ strategy: any SearchStrategy, named name: String, under budgets: [LatencyBudget],
    total: Int, batch: Int = 2, isInterrupted: () -> Bool = { false },
    afterTrial: (Study) throws -> Void
  ) throws {
    let aims = budgets.map { budget in
      StudySearch.Aim(
        budget.goal, refusalLimit: StudySearch.Aim.timedRefusalLimit
      ) { architecture in
        do {
          return try self.latency(architecture, on: budget.device) <= budget.seconds
        } catch is DeviceError {
          return false
        }
      }
    }
    let search = StudySearch(
      file, strategy, named: name, device: estimator.supernet.device.description.identifier)
    _ = try search.run(
      aims, budget: total, batch: batch, isInterrupted: isInterrupted,
      evaluate: { trial in
        do {
          return .measured(try metrics(of: trial))
        } catch let error as DeviceError {
          // This one did not fit the device; the next may.
          return .failed(reason: "\(error)")
        }
      }, afterTrial: { try afterTrial($0.study) })
  }

  private func latency(_ architecture: Architecture, on device: String) throws -> Double {
    if let known = study.trials(of: architecture).first?.metrics[CostMetric.latency(on: device)] {
      return known
    }
    guard let timer = timers.first(where: { $0.device == device })?.timer else {
      preconditionFailure("no timer for \(device)")
    }
    return try timer.latency(of: architecture, batch: 1).medianSeconds
  }

  private func latencies(of architecture: Architecture) throws -> [String: Double] {
    try timers.reduce(into: [:]) { metrics, entry in
      metrics[CostMetric.latency(on: entry.device)] =
        try entry.timer.latency(of: architecture, batch: 1).medianSeconds
    }
  }

  /// Low fidelity is a part of the validation images, in whole batches.
  private func metrics(of trial: Trial) throws -> [String: Double] {
    let architecture = trial.architecture
    let batches = Int((trial.fidelity * Double(validation.count)).rounded(.up))
    let cost = try space.cost(of: architecture)
    var metrics = try latencies(of: architecture)
    metrics[CostMetric.multiplyAdds] = Double(cost.multiplyAdds)
    metrics[CostMetric.parameters] = Double(cost.parameters)
    metrics[Self.accuracyMetric] = try estimator.top1(
      architecture, on: Array(validation.prefix(batches)))
    return metrics
  }

  /// The `count` best trials within a budget, best first.
  public func best(_ count: Int, within budget: LatencyBudget) -> [Trial] {
    let goal = budget.goal
    return Array(
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
