import Export
import Search
import Terminal

/// Trains to the end, keeping checkpoints on the way.
///
/// Of several ranks the first keeps and tells, and says when all end early.
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
  /// Called when a checkpoint was written.
  var onCheckpoint: () throws -> Void = {}

  func execute() throws {
    let (ranks, isFirst) = (trainer.ranks, trainer.ranks.isFirst)
    let progress =
      isFirst
      ? Progress("Training", unit: "steps", total: trainer.totalSteps, done: trainer.step) : nil
    var (lastCheckpoint, remark, parts) = (ContinuousClock.now, "", trainer.parts)
    var (numbers, clock) = ([String: Double](), Stopwatch(trainer))
    record?.resumeClock()
    var isExhausted = false
    while !trainer.isFinished, !isExhausted {
      let endsEpoch = (trainer.step + 1) % trainer.batches.batchCount == 0
      let isCheckpoint =
        isFirst
        && (endsEpoch || (ContinuousClock.now - lastCheckpoint).seconds >= checkpointSeconds)
      let isTold = isFirst && record?.wantsNext ?? (trainer.step % 20 == 0)
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
        (remark, numbers) = described(losses)
        log.note("step \(trainer.step): \(remark)", numbers)
        try record?.add(losses)
      }
      progress?.update(trainer.step, remark)
      if isCheckpoint {
        try record?.save()
        try Checkpoint.write(
          trainer, spaceText: spaceText, dataset: dataset, to: checkpoint)
        try onCheckpoint()
        record?.resumeClock()
        lastCheckpoint = .now
      }
      if endsEpoch {
        // Rounding may differ among ranks' devices; what differs does not add up.
        try trainer.followFirstRank()
        isExhausted = ranks.broadcast(record?.isExhausted == true)
        progress?.finish()
        let time = clock.lap(trainer)
        log.tell(
          "Epoch \(trainer.step / trainer.batches.batchCount) of \(trainer.recipe.epochs): "
            + "\(remark) (\(time.text))",
          numbers.merging(time.numbers) { $1 })
      }
    }
    if !trainer.isFinished, let patience = trainer.recipe.earlyStoppingPatience {
      log.tell(
        "Training ends early, at step \(trainer.step) of \(trainer.totalSteps): no better accuracy in "
          + "\(patience) \(patience == 1 ? "epoch" : "epochs").")
    }
  }

  /// A step's losses for people and for programs.
  private func described(_ losses: Trainer.Losses) -> (text: String, numbers: [String: Double]) {
    let largest = "loss \(Readable.fixed(losses.largest, 3))"
    var numbers = [
      "step": Double(trainer.step), "steps": Double(trainer.totalSteps),
      "epoch": Double(trainer.step) / Double(trainer.batches.batchCount),
      "loss_largest": losses.largest, "loss_smallest": losses.smallest,
    ]
    numbers["gradient_norm"] = losses.gradientLength
    return (
      subnets?.count == 1
        ? largest : "\(largest) largest, \(Readable.fixed(losses.smallest, 3)) smallest", numbers
    )
  }
}

/// How long a training takes: so far, for an epoch, and to its end.
private struct Stopwatch {
  private let (start, first): (ContinuousClock.Instant, Int)
  private var (lapStart, lapFirst): (ContinuousClock.Instant, Int)
  private var waited = Duration.zero

  init(_ trainer: Trainer) {
    (start, first) = (.now, trainer.step)
    (lapStart, lapFirst) = (start, first)
  }

  /// Ends an epoch: `1 min 5 s, 1689 images/s, 0.21 % waiting for images, 32 s left`.
  mutating func lap(_ trainer: Trainer) -> (text: String, numbers: [String: Double]) {
    let now = ContinuousClock.now
    let rate =
      Double((trainer.step - lapFirst) * trainer.recipe.imagesPerStep) / (now - lapStart).seconds
    let waiting = (trainer.loader.waited - waited).seconds / (now - lapStart).seconds
    let left = (now - start) / (trainer.step - first) * (trainer.totalSteps - trainer.step)
    (lapStart, lapFirst, waited) = (now, trainer.step, trainer.loader.waited)
    var text =
      "\(Readable.time(now - start)), \(Readable.fixed(rate, 0)) images/s, "
      + "\(Readable.percent(waiting)) waiting for images"
    if !trainer.isFinished { text += ", \(Readable.time(left)) left" }
    return (
      text,
      [
        "seconds": (now - start).seconds, "images_per_second": rate,
        "waiting_for_images": waiting, "seconds_left": left.seconds,
      ]
    )
  }
}
