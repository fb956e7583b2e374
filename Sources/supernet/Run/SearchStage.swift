import Compute
import Export
import Search
import Studies
import TensorFiles
import Terminal

/// Searches a trained run for the best subnet under each budget on each device, reports them on the
/// test images and hands them over.
struct SearchStage {
  let run: Run

  /// The best of a budget that are compared once more, on all validation images.
  private static let finalists = 3

  private typealias Target = (description: DeviceDescription, timer: LatencyTimer)

  private var settings: RunConfiguration.Search { run.configuration.search }

  /// - Parameter resuming: with the study in the folder; otherwise a new one takes its place.
  func execute(resuming: Bool) throws -> RunSummary {
    let (folder, space) = (run.folder, run.configuration.space)
    let estimator = try run.estimator()
    let targets = try run.timers()
    if !resuming { try folder.forgetStudy() }
    let validation = run.data.splits.validation.prefix(settings.validationImages)
    let study = try StudyFile(
      folder.study,
      of: SubnetSearch.header(
        of: space,
        judgedWith: [
          "validation-images": validation.checksum,
          "calibration-images": "\(settings.calibrationImages)",
        ]))
    // Only now, when nothing was refused, are earlier results touched.
    try folder.forgetResults()

    let search = SubnetSearch(
      estimator, validation: try run.labelled(validation),
      timers: targets.map { ($0.description.identifier, $0.timer) }, in: study)
    try search.timeAgain()
    let budgets = try budgets(search, targets)
    try explore(search, budgets, targets)
    let selection = Selection(
      run: run, estimator: estimator, validation: try run.labelled(run.data.splits.validation))
    let summary = RunSummary(
      name: run.configuration.name, dataset: run.data.title, space: space.name,
      trainedOn: run.device.description, epochs: run.configuration.training.epochs,
      candidates: search.study.trials.count,
      subnets: try select(selection, from: search, budgets, targets))
    guard !summary.subnets.isEmpty else {
      throw ConfigurationError(
        "search: none of the subnets fits a budget; give a higher one (--budgets-ms, or "
          + "search.budgets-ms in the configuration)")
    }
    try AtomicFile.write(try JSON.text(summary), to: folder.summary)
    return summary
  }

  private func budgets(_ search: SubnetSearch, _ targets: [Target]) throws -> [LatencyBudget] {
    guard let given = settings.budgetsMilliseconds else {
      return try search.automaticBudgets(settings.budgetCount)
    }
    return targets.flatMap { target in
      given.map { LatencyBudget(device: target.description.identifier, seconds: $0 / 1e3) }
    }
  }

  /// Fills the study, and writes its Pareto fronts.
  private func explore(
    _ search: SubnetSearch, _ budgets: [LatencyBudget], _ targets: [Target]
  ) throws {
    let (folder, log) = (run.folder, run.log)
    let devices = targets.map(\.description.identifier)
    log.tell(
      "Searching \(settings.candidates) subnets (\(settings.strategy)) for "
        + devices.joined(separator: " and ") + ".")
    let start = ContinuousClock.now
    var progress = Progress(
      "Searching", unit: "subnets", total: settings.candidates, done: search.study.trials.count)
    let strategy = try StrategyCatalogue.entry(named: settings.strategy)
    Interruption.begin()
    try search.run(
      strategy.make(run.configuration.training.seed), named: settings.strategy, under: budgets,
      total: settings.candidates, isInterrupted: { Interruption.happened }
    ) { progress.update($0.trials.count) }
    progress.finish()
    try Interruption.end()
    let time = Readable.time(ContinuousClock.now - start)
    log.tell("Judged \(search.study.trials.count) subnets (\(time)).")
    try AtomicFile.write(FrontFile.csv(search.study, devices: devices), to: folder.front)
  }

  /// Chooses, tests and writes one subnet for each budget that any fits.
  private func select(
    _ selection: Selection, from search: SubnetSearch, _ budgets: [LatencyBudget],
    _ targets: [Target]
  ) throws -> [RunSummary.Row] {
    try targets.flatMap { target in
      let device = target.description.identifier
      let own = budgets.filter { $0.device == device }
      return try own.enumerated().compactMap { index, budget -> RunSummary.Row? in
        let candidates = search.best(Self.finalists, within: budget).map(\.architecture)
        guard let chosen = try selection.choose(candidates) else {
          let limit = Readable.milliseconds(budget.seconds)
          run.log.tell("\(device): no subnet found within \(limit).")
          return nil
        }
        return try selection.handOver(
          chosen, to: target, budget: budget, batch: settings.latencyBatch,
          name: "\(device.replacing(":", with: "-"))-budget\(index + 1)")
      }
    }
  }
}
