import Compute
public import Ranks

/// A rank at work for a search: it judges candidates and times subnets, as the first rank asks.
public final class RankWorker {
  private let ranks: any Communicator
  private let estimator: any Estimator
  private let timer: (_ device: String, LatencyProcedure) throws -> LatencyTimer
  private var timers: [String: LatencyTimer] = [:]

  /// - Parameters:
  ///   - ranks: all that search.
  ///   - estimator: what judges.
  ///   - timer: what times subnets on a device of this rank, by a procedure.
  public init(
    _ ranks: any Communicator, judgingBy estimator: any Estimator,
    timer: @escaping (_ device: String, LatencyProcedure) throws -> LatencyTimer
  ) {
    self.ranks = ranks
    self.estimator = estimator
    self.timer = timer
  }

  /// Does one task after the other, until there are no more.
  ///
  /// Throws what ends the search: all but what concerns one candidate.
  public func work() throws {
    while true {
      let task: RankTask = try RankMessage.value(ranks.receive(from: 0, as: .task))
      if case .end = task { return }
      ranks.send(try RankMessage.bytes(answer(to: task)), to: 0, as: .answer)
    }
  }

  private func answer(to task: RankTask) throws -> RankAnswer {
    do {
      return try done(task)
    } catch let error as EstimationError {
      return .refused("\(error)")
    } catch let error as DeviceError where error.cause != .lost {
      return .refused("\(error)")
    } catch is CancellationError {
      return .interrupted
    }
  }

  private func done(_ task: RankTask) throws -> RankAnswer {
    switch task {
    case .judge(let architecture, let fidelity, let seed, let others):
      estimator.recall(others)
      return .metrics(try estimator.metrics(of: architecture, fidelity: fidelity, seed: seed))
    case .time(let architecture, let batch, let device, let isCareful):
      return .latency(
        try timer(of: device, isCareful: isCareful).latency(of: architecture, batch: batch))
    case .require(let metric):
      guard let metric = CostMetric.OnDevice(metric) else {
        preconditionFailure("\(metric) is not measured")
      }
      try timer(of: metric.device, isCareful: false).require(metric)
      return .done
    case .describe(let device):
      return .device(try timer(of: device, isCareful: false).device.description)
    case .end: return .done
    }
  }

  private func timer(of device: String, isCareful: Bool) throws -> LatencyTimer {
    let key = device + (isCareful ? " careful" : "")
    if let timer = timers[key] { return timer }
    let timer = try timer(device, isCareful ? .careful : .brief)
    timers[key] = timer
    return timer
  }
}
