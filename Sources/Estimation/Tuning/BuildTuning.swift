import Operators

extension Tuner {
  /// Times other builds of the device's kernels against its own on the heaviest work, and goes on
  /// with the fastest.
  func tuneBuilds(
    _ candidates: [DeviceBuild], open: (DeviceBuild) throws -> any Device
  ) throws {
    let items = Array(plan.items.prefix(8))
    clock.begin("build: default")
    var expected: [[[Float]]] = []
    var plain: [ConvolutionTrial] = []
    // A build takes about as long as the first one, if that was not kept from an earlier start.
    var longest = try plainDevice.time {
      plain = try items.map { try ConvolutionTrial($0.work, on: plainDevice) }
      for trial in plain {
        try trial.run()
        expected.append(try trial.numbers())
      }
    }
    var least = 1.0
    for build in candidates {
      clock.begin("build: \(build.text)")
      guard !clock.isOver(part: 0.4, next: longest) else {
        builds.append(BuildFinding(build: build, problem: "no time; needs a higher --budget"))
        continue
      }
      do {
        let start = ContinuousClock.now
        let other = try open(build)
        let trials = try items.map { try ConvolutionTrial($0.work, on: other) }
        let problem = try problem(of: other, items, trials, expected)
        longest = max(longest, ContinuousClock.now - start)
        if let problem {
          builds.append(BuildFinding(build: build, problem: problem))
          continue
        }
        guard let sums = try compare(items, plain, trials, on: other) else {
          builds.append(BuildFinding(build: build, problem: "no time; needs a higher --budget"))
          continue
        }
        let ratio = Turns.median(sums.other) / Turns.median(sums.plain)
        builds.append(BuildFinding(build: build, ratio: ratio))
        guard Turns.isFaster(sums.plain, sums.other), ratio < least,
          try isNoSlowerAsAWhole(other)
        else { continue }
        (least, device) = (ratio, other)
        tuning.build = build
      } catch let error as DeviceError where error.cause != .lost {
        builds.append(BuildFinding(build: build, problem: "\(error)"))
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
    _ items: [TuningPlan.Item], _ plain: [ConvolutionTrial], _ trials: [ConvolutionTrial],
    on other: any Device
  ) throws -> (plain: [Double], other: [Double])? {
    let rounds = 5
    let zeros = [Double](repeating: 0, count: rounds)
    var sums = (plain: zeros, other: zeros)
    let turns = Turns(isOver: { [clock] in clock.isOver(part: 0.45) })
    for (index, item) in items.enumerated() {
      let works = [
        Turns.Work(device: plainDevice, run: plain[index].run),
        Turns.Work(device: other, run: trials[index].run),
      ]
      guard let times = try turns.times(works, rounds: rounds) else { return nil }
      for round in 0..<rounds {
        sums.plain[round] += times[0][round] * item.times
        sums.other[round] += times[1][round] * item.times
      }
    }
    return sums
  }
}
