import Compute
import Export
import Search
import TensorFiles

/// Searches a trained run for the best subnet under each budget on each device, reports them on the
/// test images and hands them over.
struct SearchStage {
  let run: Run

  /// The best of a budget that are compared once more, on all validation images.
  private static let finalists = 3

  /// - Parameter resuming: with the study in the folder; otherwise a new one takes its place.
  func execute(resuming: Bool) throws -> RunSummary {
    let (configuration, folder, log) = (run.configuration, run.folder, run.log)
    let settings = configuration.search
    let splits = run.data.splits
    let estimator = try run.estimator()
    let timers = try run.timers()
    let study =
      resuming
      ? try folder.readStudy(of: configuration.space.searchSpace)
      : Study(configuration.space.searchSpace)
    // Only now, when nothing was refused, are earlier results touched.
    try folder.forgetResults()
    if !resuming { try folder.forgetStudy() }
    let search = SubnetSearch(
      estimator,
      validation: try run.labelled(
        splits.validation.prefix(min(settings.validationImages, splits.validation.count))),
      timers: timers.map { ($0.description.identifier, $0.timer) },
      study: study)
    let budgets = try budgets(search, timers.map(\.description.identifier))

    log.tell(
      "Searching \(settings.candidates) subnets (\(settings.strategy)) for "
        + timers.map(\.description.identifier).joined(separator: " and ") + ".")
    let start = ContinuousClock.now
    var progress = Progress(
      "Searching", unit: "subnets", total: settings.candidates, done: search.study.trials.count)
    let strategy = try StrategyCatalogue.entry(named: settings.strategy)
    try search.run(
      strategy.make(configuration.training.seed), named: settings.strategy, under: budgets,
      total: settings.candidates
    ) { study in
      try folder.write(study)
      progress.update(study.trials.count)
    }
    progress.finish()
    log.tell(
      "Judged \(search.study.trials.count) subnets (\(Readable.time(ContinuousClock.now - start)))."
    )
    try folder.write(search.study)
    try AtomicFile.write(
      FrontFile.csv(search.study, devices: timers.map(\.description.identifier)), to: folder.front)

    let selection = Selection(
      run: run, estimator: estimator, validation: try run.labelled(splits.validation))
    var rows: [RunSummary.Row] = []
    for budget in budgets {
      guard let target = timers.first(where: { $0.description.identifier == budget.device }) else {
        continue
      }
      let candidates = search.best(Self.finalists, within: budget).map(\.architecture)
      guard let chosen = try selection.choose(candidates) else {
        log.tell(
          "\(budget.device): no subnet found within \(Readable.milliseconds(budget.seconds)).")
        continue
      }
      let number = rows.count { $0.device.identifier == budget.device } + 1
      rows.append(
        try selection.handOver(
          chosen, to: target, budget: budget, batch: settings.latencyBatch,
          name: "\(budget.device.replacing(":", with: "-"))-budget\(number)"))
    }
    let summary = RunSummary(
      name: configuration.name, dataset: run.data.title, space: configuration.space.name,
      trainedOn: run.device.description, epochs: configuration.training.epochs,
      candidates: search.study.trials.count, subnets: rows)
    guard !rows.isEmpty || settings.budgetsMilliseconds == nil else {
      throw ConfigurationError(
        "search: none of the subnets fits a budget; give a higher one (--budgets-ms, or "
          + "search.budgets-ms in the configuration)")
    }
    try AtomicFile.write(try JSON.text(summary), to: folder.summary)
    return summary
  }

  private func budgets(_ search: SubnetSearch, _ devices: [String]) throws -> [LatencyBudget] {
    guard let given = run.configuration.search.budgetsMilliseconds else {
      return try search.automaticBudgets(run.configuration.search.budgetCount)
    }
    return devices.flatMap { device in
      given.map { LatencyBudget(device: device, seconds: $0 / 1e3) }
    }
  }
}
