import Export
import Search
import Terminal

/// Trains to the end, keeping checkpoints on the way.
struct TrainingLoop {
  let trainer: Trainer
  /// The step's subnets, where they are not to be drawn.
  var subnets: [Architecture]?
  /// The curve, where one is kept.
  var record: TrainingRecord?
  let log: RunLog
  /// The file of checkpoints, and what names the space and the images in it.
  let checkpoint: String
  let spaceText: String
  let dataset: String
  /// Seconds between checkpoints, which cost a read of all parameters; zero after every step.
  var checkpointSeconds = 20.0

  func execute() throws {
    var progress = Progress(
      "Training", unit: "steps", total: trainer.totalSteps, done: trainer.step)
    var (lastCheckpoint, remark, parts) = (ContinuousClock.now, "", trainer.parts)
    let start = ContinuousClock.now
    record?.resumeClock()
    while !trainer.isFinished {
      let endsEpoch = (trainer.step + 1) % trainer.batches.batchCount == 0
      let isCheckpoint =
        endsEpoch || (ContinuousClock.now - lastCheckpoint).seconds >= checkpointSeconds
      let isTold = record?.wantsNext ?? (trainer.step % 20 == 0)
      let losses = try trainer.runStep(
        reportingLosses: isTold || isCheckpoint, subnets: subnets)
      if trainer.parts > parts {
        parts = trainer.parts
        log.tell(
          "Memory is short: from step \(trainer.step) on each batch is taken in \(parts) parts, which "
            + "batch norm sees one at a time.")
      }
      if let losses {
        try trainer.requireNumbers(losses)
        let largest = "loss \(Readable.fixed(losses.largest, 3))"
        remark =
          subnets?.count == 1
          ? largest : "\(largest) largest, \(Readable.fixed(losses.smallest, 3)) smallest"
        log.note("step \(trainer.step): \(remark)")
        try record?.add(losses)
      }
      progress.update(trainer.step, remark)
      if isCheckpoint {
        try record?.save()
        try Checkpoint.write(
          trainer, spaceText: spaceText, dataset: dataset, to: checkpoint)
        record?.resumeClock()
        lastCheckpoint = .now
      }
      if endsEpoch {
        progress.finish()
        log.tell(
          "Epoch \(trainer.step / trainer.batches.batchCount) of \(trainer.recipe.epochs): "
            + "\(remark) (\(Readable.time(ContinuousClock.now - start)))")
      }
    }
  }
}
