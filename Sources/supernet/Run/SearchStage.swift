import Compute
import Datasets
import Export
import Search
import Studies
import TensorFiles
import Terminal

/// Searches a trained run for the best subnet under each budget, reports them on the test images and
/// hands them over.
struct SearchStage {
  let run: Run
  /// What is sought instead of budgets for each target, where the user says so.
  var goal: SearchGoal?
  /// Paths of latency tables, whose devices it may name.
  var tables: [String] = []

  /// The best of a budget or by a goal that are compared once more, on all validation images.
  private static let finalists = 3
  /// The best that are measured once more, longer, until so many have kept to their limits: in a search
  /// the luckiest measurement may have been the best.
  private static let remeasured = 12

  var settings: RunConfiguration.Search { run.configuration.search }

  /// - Parameter resuming: with the study in the folder; otherwise a new one takes its place.
  func execute(resuming: Bool) throws -> RunSummary {
    try run.requireSupernet()
    let (folder, space) = (run.folder, run.configuration.space)
    let crew = try crew()
    let estimator = try run.estimator()
    // Under a goal only the devices that it names are timed.
    let targets = goal == nil ? try run.targets(of: crew) : []
    let sources = try DeviceSources(tables: tables, for: space) { name in
      try (targets.first { $0.description.identifier == name } ?? run.target(name, of: crew)).brief
    }
    let latencies = targets.map { CostMetric.latency(on: $0.description.identifier) }
    let costs = try CandidateCosts(
      latencies + [CostMetric.multiplyAdds, CostMetric.parameters] + (goal?.metrics ?? []),
      of: space, source: sources.source)
    if !resuming { try folder.forgetStudy() }
    let header = SubnetSearch.header(
      of: space,
      judgedWith: [
        "validation-images": validation.checksum,
        "calibration-images": "\(settings.calibrationImages)",
      ])
    let study = try StudyFile(folder.study, of: header)
    // Only now, when nothing was refused, are earlier results touched.
    try folder.forgetResults()
    try CommandRecord.add(to: folder, on: run.device.description)

    let judge = InheritedEstimator(estimator, validation: try run.labelled(validation))
    let search = SubnetSearch(
      judge, of: space, on: run.device.description.identifier, in: study, costs: costs.values)
    try search.timeAgain()
    let budgets = try targets.map(self.budgets)
    let named = goal.map { [SubnetBudget("limits", $0)] } ?? budgets.flatMap(\.self)
    try explore(search, named, costs) { plan in
      guard let crew else {
        _ = try plan.run(search)
        return
      }
      try share(plan, among: crew, judge, header, costs.names)
      try study.refresh()
    }
    let selection = Selection(
      run: run, estimator: estimator, validation: try run.labelled(run.data.splits.validation))
    var subnets = try zip(budgets, targets).flatMap {
      try select(selection, from: search, $0, $1)
    }
    if let goal { subnets += try select(selection, from: search, goal, crew) }
    guard !subnets.isEmpty else {
      throw ConfigurationError(
        "search: none of the subnets fits; give more room (--budgets-ms, --limit, or "
          + "search.budgets-ms or search.limits in the configuration)")
    }
    try compare(&subnets, with: selection, search)
    let summary = RunSummary(
      name: run.configuration.name, dataset: run.data.title, space: space.name,
      trainedOn: run.device.description, epochs: run.configuration.training.epochs,
      candidates: search.study.trials.count, subnets: subnets)
    try AtomicFile.write(try JSON.text(summary), to: folder.summary)
    crew?.end()
    return summary
  }

  /// The images candidates are judged on.
  var validation: ImageDataset { run.data.splits.validation.prefix(settings.validationImages) }

  private func budgets(of target: Run.Target) throws -> [SubnetBudget] {
    let (device, space) = (target.description.identifier, run.configuration.space)
    func most(_ architecture: Architecture) throws -> Double {
      try max(
        target.brief.seconds(of: architecture, batch: 1),
        target.careful.seconds(of: architecture, batch: 1))
    }
    // However it is measured, the largest keeps to the last one.
    let seconds =
      try settings.budgetsMilliseconds?.map { $0 / 1e3 }
      ?? SubnetSearch.automaticBudgets(
        settings.budgetCount, from: most(space.smallest), to: most(space.largest))
    return seconds.enumerated().map { index, seconds in
      let name = "\(device.replacing(":", with: "-").replacing("/", with: "-"))-budget\(index + 1)"
      return SubnetBudget(name, device: device, seconds: seconds)
    }
  }

  /// Fills the study, by one process or many, and writes its Pareto fronts.
  private func explore(
    _ search: SubnetSearch, _ budgets: [SubnetBudget], _ costs: CandidateCosts,
    _ fill: (SearchPlan) throws -> Void
  ) throws {
    let (folder, log) = (run.folder, run.log)
    log.tell(
      "Searching \(settings.candidates) subnets (\(settings.strategy)) "
        + (goal.map { "to \($0.text)." } ?? "for \(costs.devices.joined(separator: " and "))."))
    let start = ContinuousClock.now
    let plan = SearchPlan(
      strategy: try StrategyCatalogue.entry(named: settings.strategy),
      seed: run.configuration.training.seed, budgets: budgets, total: settings.candidates,
      progress: Progress(
        "Searching", unit: "subnets", total: settings.candidates, done: search.study.trials.count))
    Interruption.begin()
    try fill(plan)
    plan.progress.finish()
    try Interruption.end()
    let time = Readable.time(ContinuousClock.now - start)
    log.tell("Judged \(search.study.trials.count) subnets (\(time)).")
    try AtomicFile.write(FrontFile.csv(search.study, devices: costs.devices), to: folder.front)
  }

  /// Chooses, tests and writes a subnet for each of a device's budgets, where any fits.
  ///
  /// What fits a smaller budget competes under a larger one; of equals the fastest is chosen.
  private func select(
    _ selection: Selection, from search: SubnetSearch, _ budgets: [SubnetBudget],
    _ target: Run.Target
  ) throws -> [RunSummary.Row] {
    let (device, timer) = (target.description, target.careful)
    func latency(_ architecture: Architecture) throws -> Latency {
      try timer.latency(of: architecture, batch: 1)
    }
    var rows: [RunSummary.Row] = []
    var smaller: [Architecture] = []
    for budget in budgets {
      let limit = budget.goal.constraints.first?.limit ?? .infinity
      let others = try smaller.filter { try latency($0).medianSeconds <= limit }
      let best = try keeping(search.best(Self.remeasured, by: budget.goal), budget.name) { trial in
        try latency(trial.architecture).medianSeconds <= limit ? trial.architecture : nil
      }
      let fitting = try (best + others).map { ($0, try latency($0)) }
        .sorted { $0.1.medianSeconds < $1.1.medianSeconds }
      guard let chosen = try selection.choose(fitting.map(\.0)) else {
        run.log.tell("\(device.identifier): no subnet found within \(budget.goal.limitsText).")
        continue
      }
      smaller.append(chosen.architecture)
      var row = try selection.handOver(chosen, name: budget.name)
      row.device = device
      row.budgetSeconds = limit
      row.latencies = [try latency(chosen.architecture)]
      // A large batch may not fit a device that one image fits.
      let large = try? timer.latency(of: chosen.architecture, batch: settings.latencyBatch)
      row.latencies += [large].compactMap(\.self)
      rows.append(row)
    }
    return rows
  }

  /// The best by a goal among those that keep to its limits when they are measured once more.
  private func select(
    _ selection: Selection, from search: SubnetSearch, _ goal: SearchGoal, _ crew: RankCrew?
  ) throws -> [RunSummary.Row] {
    let again = try CandidateCosts(
      goal.metrics, of: run.configuration.space,
      source: try DeviceSources(tables: tables, for: run.configuration.space) {
        try run.target($0, of: crew).careful
      }.source)
    typealias Fitting = (architecture: Architecture, values: [String: Double])
    let fitting = try keeping(search.best(Self.remeasured, by: goal), "limits") {
      trial -> Fitting? in
      var values = try again.values(of: trial.architecture)
      // Of all validation images.
      values[SubnetSearch.accuracyMetric] = try selection.choose([trial.architecture])?
        .validationTop1
      let keeps = goal.constraints.allSatisfy { values[$0.metric].map($0.isMet) ?? false }
      return keeps ? (trial.architecture, values) : nil
    }
    let isForAccuracy = goal.objective.metric == SubnetSearch.accuracyMetric
    let finalists = isForAccuracy ? fitting : Array(fitting.prefix(1))
    guard let chosen = try selection.choose(finalists.map(\.architecture)),
      let values = fitting.first(where: { $0.architecture == chosen.architecture })?.values
    else { return [] }
    var row = try selection.handOver(chosen, name: "limits-budget1")
    row.limits = goal.constraints.compactMap { limit in
      values[limit.metric].map {
        .init(metric: limit.metric, limit: limit.limit, isLeast: limit.isLeast, value: $0)
      }
    }
    return [row]
  }

  /// The finalists among the best: what is made of those that keep to their limits when they are measured
  /// once more.
  private func keeping<Finalist>(
    _ best: [Trial], _ budget: String, _ measure: (Trial) throws -> Finalist?
  ) rethrows -> [Finalist] {
    var (kept, dropped) = ([Finalist](), 0)
    for trial in best where kept.count < Self.finalists {
      if let finalist = try measure(trial) { kept.append(finalist) } else { dropped += 1 }
    }
    if dropped > 0 {
      run.log.tell(
        "\(budget): \(dropped) of the best passed a limit when measured once more, and were dropped."
      )
    }
    return kept
  }

  /// Tells what each budget costs: the most accurate subnet of all is judged on the same images.
  private func compare(
    _ subnets: inout [RunSummary.Row], with selection: Selection, _ search: SubnetSearch
  ) throws {
    let free = SearchGoal(Objective(.maximise, SubnetSearch.accuracyMetric))
    _ = try selection.choose(search.best(Self.finalists, by: free).map(\.architecture))
    guard let best = selection.best else { return }
    for index in subnets.indices {
      subnets[index].accuracyGivenUp = best - subnets[index].validationTop1
    }
  }
}
