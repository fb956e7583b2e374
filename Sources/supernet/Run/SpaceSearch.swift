import Compute
import ComputeOpenCL
import Export
import Ranks
import Search
import Studies
import Terminal

/// A space with what judges its candidates: what `search` and `compare` run strategies on.
final class SpaceSearch {
  let space: any NetworkSpace
  let estimatorName: String
  let header: StudyHeader
  private let estimator: any Estimator
  private let costNames: [String]
  /// This process's; of many ranks each has its own.
  private let costs: CandidateCosts?
  /// Which rank has which device; nil where there is one.
  private let devices: RankDevices?
  /// The identifier of the device that was opened; empty where none was.
  private let device: String
  private let tables: [String]
  private let open: (String) throws -> any Device
  private let ranks = World.communicator

  var goal: SearchGoal { header.goal }

  /// - Parameters:
  ///   - subject: the name of a space, or the path of its file.
  ///   - tables: paths of latency tables, whose devices the goal may name.
  ///   - keep: how the paths begin at which the estimator keeps what it prepares, from the name of
  ///     space and estimator.
  init(
    _ subject: String, judgedBy estimatorName: String?, _ options: EstimationOptions,
    _ goalOptions: GoalOptions, tables: [String] = [], isQuiet: Bool, keep: (String) -> String
  ) throws {
    let space = try SpaceCatalogue.space(subject)
    self.space = space
    // A table is there to be looked up.
    let entry = try EstimatorCatalogue.entry(
      named: estimatorName ?? (options.training.table == nil ? "full-training" : "tabular"))
    self.estimatorName = entry.name
    var setting = try options.setting(for: space, isQuiet: isQuiet)
    setting.keep = keep("\(space.name)-\(entry.name)")
    var device = ""
    let openDevice = setting.device
    setting.device = {
      let opened = try openDevice()
      device = opened.description.identifier
      return opened
    }
    estimator = try entry.make(setting)
    self.device = device
    let goal = try goalOptions.goal(default: estimator.metric)
    try Self.check(goal, measuredBy: estimator)
    header = StudyHeader(
      space.searchSpace, named: space.name, goal: goal,
      judgedBy: EstimatorIdentity(entry.name, settings: estimator.settings),
      configuration: space.yaml)
    // A table may have latencies of devices that are not here; what can be counted always is.
    let measured = Set(estimator.metrics).subtracting(CostMetric.counted)
    let openNamed = { (name: String) in try options.compute.open(name).device }
    costNames = goal.metrics.filter { CostMetric.contains($0) && !measured.contains($0) }
    devices =
      try ranks.isAlone ? nil : Self.agree(ranks, header, judgingOn: device, costNames, tables)
    costs =
      devices != nil
      ? nil
      : try CandidateCosts(
        costNames, of: space,
        source: try DeviceSources(tables: tables, for: space) { name in
          LatencyTimer(try Supernet(space, on: openNamed(name), seed: 1))
        }.source)
    self.tables = tables
    self.open = openNamed
  }

  /// All ranks judge alike, and tell which devices they have; those that are to be timed must be there.
  private static func agree(
    _ ranks: any Communicator, _ header: StudyHeader, judgingOn device: String, _ costs: [String],
    _ tables: [String]
  ) throws -> RankDevices {
    try ranks.requireSame(
      [header.configuration, header.estimator.name]
        + header.estimator.settings.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
    let elsewhere = tables.map(TableOptions.name)
    let timed = costs.compactMap { CostMetric.OnDevice($0)?.device }
      .filter { !elsewhere.contains($0) }
    let devices = try RankDevices(
      among: ranks, judgingOn: device,
      devices: timed.isEmpty ? [] : DeviceSelector.all().devices)
    for name in timed { _ = try devices.owner(of: name, for: 0) }
    return devices
  }

  private static func check(_ goal: SearchGoal, measuredBy estimator: any Estimator) throws {
    let known = estimator.metrics + CostMetric.counted.filter { !estimator.metrics.contains($0) }
    for metric in goal.metrics where !known.contains(metric) && !CostMetric.contains(metric) {
      throw ConfigurationError(
        "no metric is named \"\(metric)\": there are "
          + (estimator.metrics + [CostMetric.names]).joined(separator: ", "))
    }
  }

  /// Says whether the estimator can judge what a strategy proposes.
  func suits(_ strategy: StrategyEntry) -> Bool {
    estimator.hasFidelities || !strategy.make(0).usesFidelities
  }

  /// The strategy of that name, or a `ConfigurationError` where it does not suit the estimator.
  func strategy(named name: String) throws -> StrategyEntry {
    let entry = try StrategyCatalogue.entry(named: name)
    guard suits(entry) else {
      throw ConfigurationError(
        "strategy \(name): spends little on many candidates, and the estimator \(estimatorName) "
          + "knows no part of its effort; choose another strategy, or --estimator full-training")
    }
    return entry
  }

  /// Searches until the study has spent a budget, or Ctrl-C.
  ///
  /// Of several ranks this is the first, and the study in the file is filled by all.
  ///
  /// - Parameter progress: shown, where it is given.
  func run(
    _ file: StudyFile, _ strategy: StrategyEntry, seed: Int, budget: Int,
    _ progress: Progress? = nil
  ) throws -> StudySearch.Ending {
    let goal = goal
    @Sendable func show(_ file: StudyFile) {
      progress?.update(Int(file.study.spent), Self.bestText(file.study, goal))
    }
    if let costs {
      return try CandidateSearch(
        file: file, goal: goal, estimator: estimator, costs: costs, device: device
      ).run(
        strategy, seed: seed, budget: budget, isInterrupted: { Interruption.happened },
        afterTrial: show)
    }
    guard let devices else { preconditionFailure("many ranks know their devices") }
    let crew = RankCrew(ranks, devices: devices)
    defer { crew.end() }
    let kind = RankEstimator.Kind(of: estimator)
    let (path, header, space, names, tables) = (file.path, header, space, costNames, tables)
    let ending = try crew.search(worker) { seat in
      let sources = try DeviceSources(tables: tables, for: space) {
        try RankTimer($0, for: seat.rank, of: crew)
      }
      return try CandidateSearch(
        file: try StudyFile(path, of: header), goal: goal,
        estimator: RankEstimator(kind, on: seat.rank, of: crew),
        costs: try CandidateCosts(names, of: space, source: sources.source),
        device: crew.devices.judging(on: seat.rank)
      ).run(
        strategy, seed: seed, in: seat, budget: budget,
        isInterrupted: { Interruption.happened || crew.isEnding },
        afterTrial: show)
    }
    try file.refresh()
    return ending
  }

  /// What the other ranks do meanwhile: they judge and time, as the first one asks.
  func assist() throws {
    try worker.work()
  }

  private var worker: RankWorker {
    RankWorker(ranks, judgingBy: estimator) { [space, open] device, procedure in
      LatencyTimer(try Supernet(space, on: open(device), seed: 1), procedure: procedure)
    }
  }

  /// `best top1 94.37`, for a line of progress.
  private static func bestText(_ study: Study, _ goal: SearchGoal) -> String {
    guard let best = study.best(by: goal)?.metrics[goal.objective.metric] else { return "" }
    return "best \(goal.objective.metric) \(Readable.significant(best))"
  }
}
