import Operators

extension Tuner {
  /// What is faster by itself may be slower in a network, whose caches hold other things: choices
  /// that make the largest subnet slower, or compute something else there, are dropped.
  func judgeWholeNetworks() throws {
    guard !tuning.isEmpty, !clock.isOver() else { return }
    clock.begin("whole networks")
    do {
      let plain = try WholeNetwork(plan.space, batch: plan.batch, on: plainDevice)
      let tuned = try WholeNetwork(plan.space, batch: plan.batch, on: device)
      try judge("inference, batch 1", [.inference], plain, tuned) { try $0.inference() }
      guard !tuning.isEmpty else { return }
      try judge("training, batch \(plan.batch)", [.training, .backward], plain, tuned) {
        try $0.step()
      }
    } catch let error as DeviceError where error.cause != .lost {
      problems.append("whole networks: \(error)")
    }
  }

  /// Whether the largest subnet is no slower with another build, in any pass.
  func isNoSlowerAsAWhole(_ other: any Device) throws -> Bool {
    let plain = try WholeNetwork(plan.space, batch: plan.batch, on: plainDevice)
    let built = try WholeNetwork(plan.space, batch: plan.batch, on: other)
    let turns = Turns(length: .milliseconds(5), isOver: { [clock] in clock.isOver(part: 0.45) })
    let pairs = [(plain.inference, built.inference), (plain.step, built.step)]
    return try pairs.allSatisfy { one, two in
      let works = [
        Turns.Work(device: plainDevice, run: one), Turns.Work(device: other, run: two),
      ]
      guard let times = try turns.times(works, rounds: 7) else { return false }
      return Turns.median(times[1]) <= Turns.median(times[0])
    }
  }

  private func judge(
    _ name: String, _ passes: [ConvolutionWork.Pass], _ plain: WholeNetwork, _ tuned: WholeNetwork,
    _ pass: @escaping (WholeNetwork) throws -> Void
  ) throws {
    let (device, choices) = (device, tuning.choices)
    defer { device.tuning.choices = [:] }
    let untuned = Turns.Work(device: plainDevice) { [plainDevice] in
      plainDevice.tuning.choices = [:]
      try pass(plain)
    }
    let chosen = Turns.Work(device: device) {
      device.tuning.choices = choices
      try pass(tuned)
    }
    try untuned.run()
    let expected = try plain.numbers()
    try chosen.run()
    let problem = VariantCheck.problem(try tuned.numbers(), against: expected, isWhole: true)
    guard problem == nil else { return forget(passes, "\(name): \(problem ?? "")") }
    guard
      let times = try Turns(length: .milliseconds(5), isOver: { [clock] in clock.isOver() })
        .times([untuned, chosen], rounds: 15)
    else { return }
    wholes.append(
      WholeFinding(
        name: name, defaultTime: .seconds(Turns.median(times[0])),
        time: .seconds(Turns.median(times[1]))))
    if Turns.median(times[1]) > Turns.median(times[0]) {
      forget(passes, "\(name): no faster as a whole")
    }
  }

  private func forget(_ passes: [ConvolutionWork.Pass], _ reason: String) {
    problems.append(reason)
    // Choices under a build are worth nothing without it.
    let all = tuning.build != DeviceBuild()
    tuning.build = DeviceBuild()
    for index in findings.indices where all || passes.contains(findings[index].item.work.pass) {
      drop(index)
    }
  }
}
