import Export
import Terminal

/// Trains a run's supernet, keeping checkpoints on the way.
struct TrainingStage {
  let run: Run
  /// Seconds between checkpoints, which cost a read of all parameters; zero after every step.
  var checkpointSeconds = 20.0
  /// Whether the report is written on the way, for a browser to watch.
  var isWatched = false

  func execute(resuming: Bool) throws {
    let (configuration, folder, log) = (run.configuration, run.folder, run.log)
    let isBegun = resuming && RunFolder.exists(folder.checkpoint)
    if let from = configuration.from, !isBegun {
      let checkpoint = RunFolder(path: from).checkpoint
      try run.supernet.adopt(try Checkpoint(readingFrom: checkpoint), path: checkpoint)
      log.tell("Starting from \(from): all but the classifier.")
    }
    let trainer = try Trainer(
      run.supernet, recipe: configuration.training, images: run.data.splits.train,
      statistics: run.data.splits.statistics)
    if isBegun {
      guard try RunConfiguration(keptIn: folder).architecture == configuration.architecture else {
        throw ConfigurationError(
          "\(folder.path): was trained with another `architecture`; resume with the same one, or train "
            + "under another name")
      }
      try Checkpoint(readingFrom: folder.checkpoint).restore(
        trainer, spaceText: configuration.space.yaml, dataset: run.data.identity,
        path: folder.checkpoint)
      log.tell("Resuming at step \(trainer.step) of \(trainer.totalSteps).")
    }
    try trainer.requireAgreement()
    // Only now, when nothing was refused, is the folder touched.
    try folder.begin(configuration)
    guard !trainer.isFinished,
      try !folder.curve(through: trainer.step).isExhausted(configuration.training)
    else {
      try trainer.finish()
      return log.tell("Training is done.")
    }
    let spaceText = configuration.space.yaml
    if configuration.from != nil, !isBegun {
      // What is gone on from is this, whatever the command that goes on.
      try Checkpoint.write(
        trainer, spaceText: spaceText, dataset: run.data.identity, to: folder.checkpoint)
    }
    // What was found with other parameters says nothing about those to come.
    try folder.forgetStudy()
    try folder.forgetResults()

    let space = configuration.space
    let what =
      configuration.architecture.map { "one of its subnets alone, \(space.text(of: $0))" }
      ?? "\(Readable.scientific(space.searchSpace.count)) subnets"
    log.tell(
      "Training \(space.name) (\(Readable.count(run.supernet.layout.count)) parameters, \(what)) on "
        + "\(run.device.description.name).")
    try CommandRecord.add(to: folder, on: run.device.description)
    try TrainingLoop(
      trainer: trainer, subnets: configuration.architecture.map { [$0] },
      record: try TrainingRecord(run, trainer), log: log,
      checkpoint: folder.checkpoint, spaceText: spaceText, dataset: run.data.identity,
      checkpointSeconds: checkpointSeconds
    ) { if isWatched { try RunReport.write(folder, isUnderWay: true) } }
    .execute()
    try trainer.finish()
  }
}
