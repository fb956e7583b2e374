import Operators

/// Times ways to do a device's work, and keeps those that are faster beyond doubt.
///
/// First whole builds of the kernels, on the heaviest work; then, for one bucket after the other,
/// how its work is cut. Whatever was found counts when time is up or a user stops it.
public final class Tuner {
  /// What became of a bucket.
  public struct Finding {
    public var item: TuningPlan.Item
    /// Of the example, in the last comparison.
    public var defaultTime: Duration
    public var time: Duration
    /// Empty where the default stays.
    public var settings: [String: Int]
    public var tried: Int
  }

  /// What became of a build.
  public struct BuildFinding {
    public var build: DeviceBuild
    /// Its time over the default build's, where it was timed.
    public var ratio: Double?
    public var problem: String?
  }

  public private(set) var findings: [Finding] = []
  public private(set) var builds: [BuildFinding] = []
  /// Variants that were dropped, and why: a line each.
  public private(set) var problems: [String] = []
  public private(set) var tuning = Tuning()
  public let plan: TuningPlan

  private var device: any Device
  private let check = VariantCheck()
  private let isOver: () -> Bool
  private let tell: (String) -> Void

  /// - Parameters:
  ///   - device: untuned.
  ///   - isOver: whether time is up; asked often.
  ///   - tell: told what it is at.
  public init(
    _ plan: TuningPlan, on device: any Device, isOver: @escaping () -> Bool,
    tell: @escaping (String) -> Void = { _ in }
  ) {
    self.plan = plan
    self.device = device
    self.isOver = isOver
    self.tell = tell
  }

  /// Tunes one bucket after the other.
  public func tuneBuckets() throws {
    for item in plan.items {
      guard !isOver() else { return }
      tell(item.bucket.text)
      // Memory of this size may be too much where a network's other parts need none.
      do {
        guard let finding = try finding(item) else { continue }
        findings.append(finding)
        guard !finding.settings.isEmpty else { continue }
        tuning.choices[item.bucket] = Tuning.Choice(
          finding.settings, defaultTime: finding.defaultTime, time: finding.time)
      } catch let error as DeviceError {
        problems.append("\(item.bucket.text): \(error)")
      }
    }
  }

  /// nil where time was up, or there is nothing to choose.
  private func finding(_ item: TuningPlan.Item) throws -> Finding? {
    let bucket = item.bucket
    let trial = try ConvolutionTrial(item.work, on: device)
    defer { device.tuning.choices[bucket] = nil }
    func run(_ settings: [String: Int]) -> Turns.Work {
      { [device] in
        device.tuning.choices[bucket] =
          settings.isEmpty ? nil : Tuning.Choice(settings, defaultTime: .zero, time: .zero)
        try trial.run()
      }
    }
    try run([:])()
    let plain = try trial.numbers()
    var seen: Set<[Int]> = [try launches(item, [:])]
    var best: [String: Int] = [:]
    var (tried, once) = (0, 0.0)
    let turns = Turns(device: device)
    for setting in TunableSetting.all(of: bucket.operation) {
      var candidates = [best]
      for option in setting.options {
        let settings = best.merging([setting.name: option]) { $1 }
        guard seen.insert(try launches(item, settings)).inserted else { continue }
        guard !isOver() else { return nil }
        try run(settings)()
        let problem =
          try VariantCheck.problem(trial.numbers(), against: plain)
          ?? check.problem(of: item.work, settings: settings, on: device)
        if let problem {
          problems.append(
            "\(bucket.text): \(Tuning.Choice(settings, defaultTime: .zero, time: .zero).text): "
              + problem)
        } else {
          candidates.append(settings)
        }
      }
      tried += candidates.count - 1
      guard candidates.count > 1 else { continue }
      guard let times = try turns.times(candidates.map(run), rounds: 3, isOver: isOver) else {
        return nil
      }
      let medians = times.map(Turns.median)
      if best.isEmpty { once = medians[0] }
      if let least = medians.indices.min(by: { medians[$0] < medians[$1] }),
        medians[least] < 0.99 * medians[0]
      {
        best = candidates[least]
      }
    }
    guard tried > 0 else { return nil }
    guard !best.isEmpty else {
      return Finding(
        item: item, defaultTime: .seconds(once), time: .seconds(once), settings: [:], tried: tried)
    }
    // Of many, one is the fastest by luck alone: the two meet once more.
    guard let duel = try turns.times([run([:]), run(best)], rounds: 11, isOver: isOver) else {
      return nil
    }
    return Finding(
      item: item, defaultTime: .seconds(Turns.median(duel[0])),
      time: .seconds(Turns.median(duel[1])),
      settings: Turns.isFaster(duel[0], duel[1]) ? best : [:], tried: tried)
  }

  private func launches(_ item: TuningPlan.Item, _ settings: [String: Int]) throws -> [Int] {
    var tuning = Tuning()
    if !settings.isEmpty {
      tuning.choices[item.bucket] = Tuning.Choice(settings, defaultTime: .zero, time: .zero)
    }
    return try item.work.launches(on: device, tuning)
  }
}

extension Tuner {
  /// Times other builds of the device's kernels against its own on the heaviest work, and goes on
  /// with the fastest.
  public func tuneBuilds(
    _ candidates: [DeviceBuild], isOver: () -> Bool,
    open: (DeviceBuild) throws -> any Device
  ) throws {
    let own = device
    let items = Array(plan.items.prefix(8))
    let plain = try items.map { try ConvolutionTrial($0.work, on: own) }
    let expected = try plain.map { trial in
      try trial.run()
      return try trial.numbers()
    }
    var least = 1.0
    for build in candidates {
      guard !isOver() else { return }
      tell("build: \(build.text)")
      do {
        let other = try open(build)
        let trials = try items.map { try ConvolutionTrial($0.work, on: other) }
        if let problem = try problem(of: other, items, trials, expected) {
          builds.append(BuildFinding(build: build, ratio: nil, problem: problem))
          continue
        }
        guard let sums = try compare(items, plain, on: own, trials, on: other, isOver: isOver)
        else { return }
        let ratio = Turns.median(sums.other) / Turns.median(sums.own)
        builds.append(BuildFinding(build: build, ratio: ratio, problem: nil))
        guard Turns.isFaster(sums.own, sums.other), ratio < least else { continue }
        (least, device) = (ratio, other)
        tuning.build = build
      } catch let error as DeviceError {
        builds.append(BuildFinding(build: build, ratio: nil, problem: "\(error)"))
      }
    }
  }

  private func problem(
    of device: any Device, _ items: [TuningPlan.Item], _ trials: [ConvolutionTrial],
    _ expected: [[[Float]]]
  ) throws -> String? {
    for (index, trial) in trials.enumerated() {
      try trial.run()
      let problem =
        try VariantCheck.problem(trial.numbers(), against: expected[index])
        ?? check.problem(of: items[index].work, settings: [:], on: device)
      if let problem { return "\(items[index].bucket.text): \(problem)" }
    }
    return nil
  }

  /// Seconds of all the work, as often as networks do it, for every round on each device.
  private func compare(
    _ items: [TuningPlan.Item], _ plain: [ConvolutionTrial], on own: any Device,
    _ trials: [ConvolutionTrial], on other: any Device, isOver: () -> Bool
  ) throws -> (own: [Double], other: [Double])? {
    let rounds = 5
    var sums = (own: [Double](repeating: 0, count: rounds), other: [Double](repeating: 0, count: rounds))
    for (index, item) in items.enumerated() {
      for round in -1..<rounds {
        let times = (
          own: try own.time { try plain[index].run() },
          other: try other.time { try trials[index].run() }
        )
        guard !isOver() else { return nil }
        // The first round warms up.
        guard round >= 0 else { continue }
        sums.own[round] += times.own.seconds * item.times
        sums.other[round] += times.other.seconds * item.times
      }
    }
    return sums
  }
}
