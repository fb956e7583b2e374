import Export
import Search
import TensorFiles

/// Writes down a training's curve: losses every few steps, accuracies of some subnets after an epoch;
/// as rows of a file, and for TensorBoard.
final class TrainingRecord {
  /// Steps from one row to the next.
  private static let interval = 20

  private let path: String
  private let trainer: Trainer
  private let events: TrainingEvents
  /// The rows so far, and those that are not in the file yet.
  private var curve: TrainingCurve
  private var waiting = ""
  /// Since when images are counted, for the throughput.
  private var (firstStep, start) = (0, ContinuousClock.now)
  private let estimator: AccuracyEstimator
  private let images: [LabelledImages]
  private let subnets: [(column: TrainingCurve.Column, architecture: Architecture)]

  /// Begins the file, or goes on with it after the trainer's step.
  init(_ run: Run, _ trainer: Trainer) throws {
    path = run.folder.training
    self.trainer = trainer
    curve = try run.folder.curve(through: trainer.step)
    try AtomicFile.write(curve.csv, to: path)
    events = try TrainingEvents(run, trainer)

    // Judging five subnets is to cost no more than a few per cent of an epoch.
    let (train, validation) = (run.data.splits.train, run.data.splits.validation)
    func few(_ most: Int) -> Int { max(min(64, most), min(most, train.count / 50)) }
    estimator = AccuracyEstimator(
      trainer.evaluated, calibration: try run.labelled(train.prefix(min(few(512), train.count))))
    images = try run.labelled(validation.prefix(min(few(1000), validation.count)))
    let space = run.configuration.space
    let random = space.randomArchitectures(3, seed: run.configuration.training.seed, stream: -3)
    let columns: [TrainingCurve.Column] = [.top1Random1, .top1Random2, .top1Random3]
    var subnets = Array(zip(columns, random))
    if let architecture = run.configuration.architecture {
      subnets = [(.top1Random1, architecture)]
    } else if space.isElastic {
      subnets += [(.top1Largest, space.largest), (.top1Smallest, space.smallest)]
    }
    self.subnets = subnets.map { (column: $0.0, architecture: $0.1) }
  }

  private var endsEpoch: Bool { trainer.step % trainer.batches.batchCount == 0 }
  private var isRow: Bool { trainer.step % Self.interval == 1 || endsEpoch }

  /// Whether the next step's losses are written down.
  var wantsNext: Bool {
    trainer.step % Self.interval == 0 || (trainer.step + 1) % trainer.batches.batchCount == 0
  }

  /// Whether no subnet has got better for as long as the recipe has patience.
  var isExhausted: Bool { curve.isExhausted(trainer.recipe) }

  /// Counts the time from now on.
  func resumeClock() { (firstStep, start) = (trainer.step, .now) }

  /// Takes the losses of the step that was just done.
  func add(_ losses: Trainer.Losses) throws {
    guard isRow else { return }
    let (step, steps) = (trainer.step, trainer.step - firstStep)
    var row: TrainingCurve.Row = [
      .step: Double(step), .epoch: Double(step) / Double(trainer.batches.batchCount),
      .learningRate: Double(trainer.recipe.rate(step: step - 1, of: trainer.totalSteps)),
    ]
    // The first steps may have compiled kernels.
    if steps >= 5 {
      row[.imagesPerSecond] =
        Double(steps * trainer.recipe.imagesPerStep) / (ContinuousClock.now - start).seconds
    }
    if trainer.sampling.distils, losses.each.count > 1 {
      row[.lossLargest] = losses.largest
      row[.lossSmallest] = losses.smallest
      row[.lossRandom] = mean(losses.each.dropFirst().dropLast())
    } else {
      row[.lossRandom] = mean(losses.each[...])
    }
    if endsEpoch {
      for (column, architecture) in subnets {
        row[column] = try estimator.top1(architecture, on: images)
      }
    }
    curve.rows.append(row)
    waiting += TrainingCurve.line(row)
    try events.add(row, gradientLength: losses.gradientLength)
    if endsEpoch { try events.addEpoch() }
    resumeClock()
  }

  private func mean(_ values: ArraySlice<Double>) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Brings what is written down to the disk: before the checkpoint, or rows would be missing.
  func save() throws {
    if !waiting.isEmpty { try AppendedFile.append(waiting, to: path) }
    waiting = ""
    try events.save()
  }
}
