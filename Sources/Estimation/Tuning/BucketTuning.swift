import Operators

extension Tuner {
  /// Tunes one bucket after the other.
  func tuneBuckets() throws {
    for item in plan.items {
      guard !clock.isOver(part: 0.8) else { return }
      clock.begin(item.bucket.text)
      do {
        guard let finding = try finding(item) else { continue }
        findings.append(finding)
        if !finding.settings.isEmpty { keep(finding) }
      } catch let error as DeviceError where error.cause != .lost {
        // Memory, say, which a network needs at other times than a trial.
        problems.append("\(item.bucket.text): \(error)")
      }
    }
  }

  /// nil where time was up, or there is nothing to choose.
  ///
  /// One setting after the other takes its best value; of the launches that are alike one is tried.
  private func finding(_ item: TuningPlan.Item) throws -> Finding? {
    let turns = Turns(isOver: { [clock] in clock.isOver(part: 0.85) })
    let bucket = item.bucket
    let trial = try ConvolutionTrial(item.work, on: device)
    defer { device.tuning.choices[bucket] = nil }
    try run(trial, bucket, [:]).run()
    let plain = try trial.numbers()
    var seen: Set<[[Int]]> = [try launches(item, [:])]
    var best: [String: Int] = [:]
    var (tried, once) = (0, 0.0)
    for setting in TunableSetting.all(of: bucket.operation) {
      var candidates = [best]
      for option in setting.options {
        let settings = best.merging([setting.name: option]) { $1 }
        guard seen.insert(try launches(item, settings)).inserted else { continue }
        guard !turns.isOver() else { return nil }
        if try isRight(trial, item, settings, plain) { candidates.append(settings) }
      }
      tried += candidates.count - 1
      guard candidates.count > 1 else { continue }
      let works = candidates.map { run(trial, bucket, $0) }
      guard let times = try turns.times(works, rounds: 3) else { return nil }
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
    let works = [run(trial, bucket, [:]), run(trial, bucket, best)]
    guard let duel = try turns.times(works, rounds: 11) else { return nil }
    return Finding(
      item: item, defaultTime: .seconds(Turns.median(duel[0])),
      time: .seconds(Turns.median(duel[1])),
      settings: Turns.isFaster(duel[0], duel[1]) ? best : [:], tried: tried)
  }

  /// Whether a variant computes what the default does, and what it should; else says so.
  private func isRight(
    _ trial: ConvolutionTrial, _ item: TuningPlan.Item, _ settings: [String: Int],
    _ plain: [[Float]]
  ) throws -> Bool {
    try run(trial, item.bucket, settings).run()
    let problem =
      try VariantCheck.problem(trial.numbers(), against: plain)
      ?? check.problem(of: item.work, settings: settings, on: device)
    guard let problem else { return true }
    problems.append("\(item.bucket.text): \(Tuning.Choice(settings).text): \(problem)")
    return false
  }

  private func launches(_ item: TuningPlan.Item, _ settings: [String: Int]) throws -> [[Int]] {
    var tuning = Tuning()
    if !settings.isEmpty { tuning.choices[item.bucket] = Tuning.Choice(settings) }
    return try item.work.launches(on: device, tuning)
  }
}
