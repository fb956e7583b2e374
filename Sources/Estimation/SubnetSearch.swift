import Operators
import Search
import Supernets

/// A limit on the latency of one image on one device.
public struct LatencyBudget: Sendable, Equatable {
  public var device: String
  public var seconds: Double

  public init(device: String, seconds: Double) {
    self.device = device
    self.seconds = seconds
  }

  /// The name of that latency among a trial's metrics.
  public static func metric(of device: String) -> String { "latency.\(device)" }

  /// The most accurate subnet within this budget.
  public var goal: SearchGoal {
    SearchGoal(
      Objective(.maximise, SubnetSearch.accuracyMetric),
      under: [Constraint(Self.metric(of: device), atMost: seconds)])
  }
}

/// Searches a trained supernet for the best subnets under several budgets on several devices.
///
/// All goals share one study: a subnet's accuracy is estimated once, its latency measured once on
/// each device. A candidate is timed before it is judged, so none is judged that fits no budget.
public final class SubnetSearch {
  /// Top-1 on validation images.
  public static let accuracyMetric = "top1"
  public static let multiplyAddsMetric = "multiply-adds"
  public static let parametersMetric = "parameters"
  /// Accuracy with the weights that all subnets share.
  public static let estimatorName = "one-shot"

  private static let refusalLimit = 100

  public private(set) var study: Study
  private let space: any NetworkSpace
  private let estimator: AccuracyEstimator
  private let validation: [LabelledImages]
  private let timers: [(device: String, timer: LatencyTimer)]

  /// - Parameters:
  ///   - validation: the images candidates are judged on, never those that are reported on.
  ///   - timers: by the device's identifier.
  ///   - study: goes on from here.
  public init(
    _ estimator: AccuracyEstimator, validation: [LabelledImages],
    timers: [(device: String, timer: LatencyTimer)], study: Study
  ) {
    self.estimator = estimator
    self.validation = validation
    self.timers = timers
    self.study = study
    space = estimator.supernet.space
  }

  /// Measures the latencies of all that is known anew: a study that is gone on with may have been
  /// begun under another load, with other threads, or for other devices.
  public func timeAgain() throws {
    var timed = Study(study.space)
    for trial in study.trials {
      let number = timed.append(
        trial.architecture, fidelity: trial.fidelity, source: trial.source,
        estimator: trial.estimator, device: trial.device, seed: trial.seed)
      switch trial.state {
      case .pending: continue
      case .failed(let reason): timed.fail(number, reason: reason, duration: trial.duration)
      case .complete:
        var metrics = trial.metrics
        for (device, timer) in timers {
          metrics[LatencyBudget.metric(of: device)] =
            try timer.latency(of: trial.architecture, batch: 1).median.seconds
        }
        timed.complete(number, metrics: metrics, duration: trial.duration)
      }
    }
    study = timed
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
  /// Ends when the study has `total` trials or nothing new fits. `afterTrial` is told each change of
  /// the study.
  public func run(
    _ strategy: any SearchStrategy, named name: String, under budgets: [LatencyBudget],
    total: Int, batch: Int = 2, afterTrial: (Study) throws -> Void
  ) throws {
    // What an interrupted run left behind is judged first.
    for trial in study.pendingTrials { try judge(trial.number, afterTrial) }
    var isExhausted = budgets.isEmpty
    while study.trials.count < total, !isExhausted {
      isExhausted = true
      for budget in budgets where study.trials.count < total {
        // Timing what does not fit takes time too: a budget that refuses this many is left alone.
        var (problem, refusals): ((any Error)?, Int) = (nil, 0)
        let request = SearchRequest(
          min(batch, total - study.trials.count), after: study, goal: budget.goal,
          admits: { architecture in
            guard problem == nil, refusals < Self.refusalLimit else { return false }
            do {
              let fits = try self.latency(architecture, on: budget.device) <= budget.seconds
              refusals += fits ? 0 : 1
              return fits
            } catch is DeviceError {
              refusals += 1
              return false
            } catch {
              problem = error
              return false
            }
          })
        let proposals = strategy.proposals(for: request)
        if let problem { throw problem }
        for proposal in proposals {
          let number = study.append(
            proposal, source: name, estimator: Self.estimatorName,
            device: estimator.supernet.device.description.identifier)
          try judge(number, afterTrial)
          isExhausted = false
        }
      }
    }
  }

  private func latency(_ architecture: Architecture, on device: String) throws -> Double {
    if let known = study.trials(of: architecture).first?.metrics[LatencyBudget.metric(of: device)] {
      return known
    }
    guard let timer = timers.first(where: { $0.device == device })?.timer else {
      preconditionFailure("no timer for \(device)")
    }
    return try timer.latency(of: architecture, batch: 1).median.seconds
  }

  private func judge(_ number: Int, _ afterTrial: (Study) throws -> Void) throws {
    let start = ContinuousClock.now
    do {
      let metrics = try metrics(of: study.trials[number])
      study.complete(number, metrics: metrics, duration: ContinuousClock.now - start)
    } catch let error as DeviceError {
      // This one did not fit the device; the next may.
      study.fail(number, reason: "\(error)", duration: ContinuousClock.now - start)
    }
    try afterTrial(study)
  }

  /// Low fidelity is a part of the validation images, in whole batches.
  private func metrics(of trial: Trial) throws -> [String: Double] {
    let architecture = trial.architecture
    let batches = Int((trial.fidelity * Double(validation.count)).rounded(.up))
    let cost = try space.cost(of: architecture)
    var metrics = [
      Self.multiplyAddsMetric: Double(cost.multiplyAdds),
      Self.parametersMetric: Double(cost.parameters),
    ]
    for (device, _) in timers {
      metrics[LatencyBudget.metric(of: device)] = try latency(architecture, on: device)
    }
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
        Objective(.minimise, LatencyBudget.metric(of: device)),
        Objective(.maximise, accuracyMetric),
      ])
  }
}
