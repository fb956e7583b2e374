import Export
import Terminal

/// Trains a run's supernet, keeping checkpoints on the way.
///
/// Of several ranks only the first touches the run's folder; the others go on from where it stands.
struct TrainingStage {
  let run: Run
  /// Seconds between checkpoints, which cost a read of all parameters; zero after every step.
  var checkpointSeconds = 20.0
  /// Whether the report is written on the way, for a browser to watch.
  var isWatched = false

  func execute(resuming: Bool) throws {
    let (configuration, folder, log) = (run.configuration, run.folder, run.log)
    let ranks = run.ranks
    try run.requireSameRun()
    let isBegun = ranks.isFirst && resuming && RunFolder.exists(folder.checkpoint)
    if let from = configuration.from, ranks.isFirst, !isBegun {
      let checkpoint = RunFolder(path: from).checkpoint
      try run.supernet.adopt(try Checkpoint(readingFrom: checkpoint), path: checkpoint)
      log.tell("Starting from \(from): all but the classifier.")
    }
    let trainer = try Trainer(
      run.supernet, recipe: configuration.training, images: run.data.splits.train,
      statistics: run.data.splits.statistics, ranks: ranks)
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
    try trainer.followFirstRank()
    guard ranks.isFirst else {
      if !ranks.broadcast(false) { try loop(trainer, record: nil).execute() }
      return try trainer.finish()
    }
    // Only now, when nothing was refused, is the folder touched.
    try folder.begin(configuration)
    let isDone =
      try trainer.isFinished
      || folder.curve(through: trainer.step).isExhausted(configuration.training)
    guard !ranks.broadcast(isDone) else {
      try trainer.finish()
      return log.tell("Training is done.")
    }
    if configuration.from != nil, !isBegun {
      // What is gone on from is this, whatever the command that goes on.
      try Checkpoint.write(
        trainer, spaceText: configuration.space.yaml, dataset: run.data.identity,
        to: folder.checkpoint)
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
        + "\(run.device.description.name)"
        + (ranks.isAlone ? "." : ", the first of \(ranks.size) ranks."))
    try CommandRecord.add(to: folder, on: run.device.description)
    try loop(trainer, record: try TrainingRecord(run, trainer)).execute()
    try trainer.finish()
  }

  private func loop(_ trainer: Trainer, record: TrainingRecord?) -> TrainingLoop {
    TrainingLoop(
      trainer: trainer, subnets: run.configuration.architecture.map { [$0] }, record: record,
      log: run.log, checkpoint: run.folder.checkpoint,
      spaceText: run.configuration.space.yaml, dataset: run.data.identity,
      checkpointSeconds: checkpointSeconds
    ) { if isWatched { try RunReport.write(run.folder, isUnderWay: true) } }
  }
}
