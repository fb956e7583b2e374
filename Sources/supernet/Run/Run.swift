import Compute
import ComputeOpenCL
import Datasets
import Export
import Ranks

/// A run at work: its configuration, its folder, its images, its supernet on the training device.
final class Run {
  private(set) var configuration: RunConfiguration
  let folder: RunFolder
  let log: RunLog
  let data: RunData
  let device: any Device
  let supernet: Supernet
  /// Those that work on it, each in a process of its own.
  let ranks: any Communicator
  private let compute: DeviceOptions
  /// What was told when the device was opened.
  private let note: String?
  private var knownRankDevices: RankDevices?

  init(
    _ configuration: RunConfiguration, in folder: RunFolder, log: RunLog, compute: DeviceOptions,
    ranks: any Communicator = Alone()
  ) throws {
    self.configuration = configuration
    self.folder = folder
    self.log = log
    self.compute = compute
    self.ranks = ranks
    data = try RunData(
      configuration.data, for: configuration.space,
      needsClasses: !configuration.takesClassesOfImages)
    if configuration.takesClassesOfImages {
      self.configuration.space = try SpaceCatalogue.space(
        configuration.space, classes: data.splits.train.classCount)
    }
    log.tell(data.reason)
    log.note("images: \(data.identity)")
    let opened = try compute.open(configuration.device)
    device = opened.device
    note = opened.note
    if let note { log.tell(note) }
    log.tell(device.tuning, of: device)
    supernet = try Supernet(
      self.configuration.space, on: device, seed: configuration.training.seed)
  }

  /// A run that was trained before, with its latest parameters.
  convenience init(
    reopening folder: RunFolder, _ settings: RunConfiguration? = nil, compute: DeviceOptions,
    logFormat: LogFormat = .text, isQuiet: Bool, ranks: any Communicator = Alone()
  ) throws {
    var configuration = try settings ?? RunConfiguration(keptIn: folder)
    if let device = compute.device { configuration.device = device }
    guard RunFolder.exists(folder.checkpoint) else {
      throw ConfigurationError(
        "\(folder.path): not trained yet (no checkpoint); run `supernet train` first")
    }
    let checkpoint = try Checkpoint(readingFrom: folder.checkpoint)
    guard checkpoint.space == configuration.space.yaml else {
      throw ConfigurationError("\(folder.checkpoint): is of another space than \(folder.space)")
    }
    try self.init(
      configuration, in: folder,
      log: RunLog(
        path: ranks.isFirst ? folder.log(logFormat) : nil, format: logFormat,
        isQuiet: isQuiet || !ranks.isFirst),
      compute: compute, ranks: ranks)
    guard checkpoint.dataset == data.identity else {
      throw ConfigurationError(
        "\(folder.checkpoint): was trained on \(checkpoint.dataset), not \(data.identity); "
          + "bring the same images back, or train under another name")
    }
    try checkpoint.restore(supernet, path: folder.checkpoint)
    let stepsPerEpoch = data.splits.train.count / configuration.training.imagesPerStep
    if checkpoint.step < configuration.training.epochs * stepsPerEpoch,
      try !folder.curve(through: checkpoint.step).isExhausted(configuration.training)
    {
      log.tell("Note: training stopped at step \(checkpoint.step); it is not finished.")
    }
  }

  /// Judges subnets of this run: batch norm recalibrated as configured.
  func estimator() throws -> AccuracyEstimator {
    let images = data.splits.train.prefix(
      min(configuration.search.calibrationImages, data.splits.train.count))
    return AccuracyEstimator(supernet, calibration: try labelled(images))
  }

  func labelled(_ images: ImageDataset) throws -> [LabelledImages] {
    try LabelledImages.batches(
      of: images, statistics: data.splits.statistics, batchSize: 128, on: device)
  }

  /// Refuses to search a run of one subnet.
  func requireSupernet() throws {
    guard configuration.architecture == nil else {
      throw ConfigurationError(
        "\(folder.path): is the training of one subnet, with nothing to search; use `supernet train` "
          + "and `supernet evaluate`")
    }
  }

  /// Refuses a device that subnets are to be chosen for, or that a limit names, and that is not there,
  /// or here and does not tell the energy that is limited, before any work.
  ///
  /// Of several ranks the first one does, and all have a part in it.
  func checkDevices() throws {
    let devices = try rankDevices()
    guard ranks.isFirst else { return }
    func opened(_ name: String) throws -> (any Device)? {
      guard name != device.description.identifier else { return device }
      let owner = try devices?.owner(of: name, for: 0) ?? (rank: 0, device: name)
      return owner.rank == 0 ? try compute.open(owner.device).device : nil
    }
    for target in configuration.targets ?? [] { _ = try opened(target) }
    for metric in (configuration.search.goal?.metrics ?? []).compactMap(CostMetric.OnDevice.init) {
      do {
        guard let device = try opened(metric.device) else { continue }
        try EnergyMeter.require(metric, of: device.description)
      } catch let error as DeviceError {
        throw ConfigurationError("search.limits: \(error)")
      }
    }
  }

  /// Which rank has which device, which all tell the first time; nil where there is one rank.
  func rankDevices() throws -> RankDevices? {
    guard !ranks.isAlone, knownRankDevices == nil else { return knownRankDevices }
    knownRankDevices = try RankDevices(
      among: ranks, judgingOn: device.description.identifier, devices: DeviceSelector.all().devices)
    return knownRankDevices
  }

  /// A device with what times this run's subnets on it: briefly in a search, and longer the few that it
  /// would choose.
  struct Target {
    let description: DeviceDescription
    let brief: any SubnetTimer
    let careful: any SubnetTimer
  }

  /// Every device that subnets are chosen for, of other ranks' hosts too.
  ///
  /// - Parameter crew: all ranks, where there are several.
  func targets(of crew: RankCrew?) throws -> [Target] {
    let listed = DeviceSelector.all()
    if let problem = listed.problem, !(note ?? "").hasPrefix(problem) { log.tell(problem) }
    let identifiers = configuration.targets ?? listed.devices.map(\.identifier)
    var targets: [Target] = []
    for identifier in identifiers {
      let next = try target(identifier, of: crew)
      // `opencl` and `opencl:0` may be one device.
      if !targets.contains(where: { $0.description.identifier == next.description.identifier }) {
        targets.append(next)
      }
    }
    return targets
  }

  /// A device by its name, here or where another rank is.
  func target(_ name: String, of crew: RankCrew?) throws -> Target {
    let owner = try crew?.devices.owner(of: name, for: 0) ?? (rank: 0, device: name)
    guard let crew, owner.rank != 0 else {
      let copy = try supernet(on: owner.device)
      return Target(
        description: copy.device.description, brief: LatencyTimer(copy),
        careful: LatencyTimer(copy, procedure: .careful))
    }
    let brief = try RankTimer(name, of: crew)
    return Target(
      description: try brief.description(), brief: brief,
      careful: try RankTimer(name, of: crew, isCareful: true))
  }

  /// The supernet on a device of this rank, to be timed there.
  func supernet(on identifier: String) throws -> Supernet {
    if identifier == device.description.identifier { return supernet }
    let opened = try compute.open(identifier)
    if let note = opened.note { log.tell(note) }
    log.tell(opened.device.tuning, of: opened.device)
    return try Supernet(copying: supernet, to: opened.device)
  }
}
