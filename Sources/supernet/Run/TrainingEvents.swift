import Datasets
import Events
import Export

/// Shows a run's training in TensorBoard: its curve, and after each epoch how weights and gradients
/// are spread.
///
/// The files are in the run's folder, in `events`.
struct TrainingEvents {
  /// Pixels of the sheet of sample images, which should not weigh more than all the rest.
  private static let mostPixels = 1 << 20

  private let file: EventFile
  private let trainer: Trainer

  /// Begins a file that goes on after the trainer's step; at the start, images are shown.
  init(_ run: Run, _ trainer: Trainer) throws {
    self.trainer = trainer
    try RunFolder.make(run.folder.events)
    let isStart = trainer.step == 0
    file = try EventFile(in: run.folder.events, from: isStart ? 0 : trainer.step + 1)
    guard isStart else { return }
    let batch = try trainer.batches.batch(epoch: 0, index: 0)
    let sheet = Self.sheet(of: batch, run.data.splits.train, run.data.splits.statistics)
    let picture = Picture(
      width: sheet.width, height: sheet.height, channels: sheet.channels,
      png: try PNGFile.encode(sheet))
    try file.add([("training images", .image(picture))], step: 0)
  }

  /// Tells a row of the curve, and how long the gradients were before they were clipped.
  func add(_ row: TrainingCurve.Row, gradientLength: Double?) throws {
    var values = TrainingCurve.Column.allCases.compactMap { column in
      column.tag.flatMap { tag in row[column].map { (tag: tag, value: EventValue.scalar($0)) } }
    }
    if let gradientLength { values.append(("gradient_norm", .scalar(gradientLength))) }
    try file.add(values, step: trainer.step)
  }

  /// Tells how weights and the last step's gradients are spread, parameter by parameter.
  func addEpoch() throws {
    let (supernet, device) = (trainer.supernet, trainer.supernet.device)
    for (name, block) in [("weights", supernet.parameters), ("gradients", supernet.gradients)] {
      guard let block else { continue }
      let all = try device.read(block)
      let histograms = supernet.layout.entries.compactMap { entry in
        Histogram(all[entry.offset..<entry.offset + entry.count]).map {
          (tag: "\(name)/\(entry.name)", value: EventValue.histogram($0))
        }
      }
      try file.add(histograms, step: trainer.step)
    }
  }

  /// Brings what was told to the disk: before the checkpoint, as the curve.
  func save() throws { try file.save() }

  /// Images side by side as training sees them, eight in a row.
  private static func sheet(
    of batch: Batch, _ dataset: ImageDataset, _ statistics: PixelStatistics
  ) -> Raster {
    let (height, width) = (dataset.height, dataset.width)
    let channels = dataset.channels == 3 ? 3 : 1
    let count = min(batch.count, 64, max(1, mostPixels / (height * width)))
    let columns = min(count, 8)
    let rows = (count + columns - 1) / columns
    var pixels = [UInt8](repeating: 0, count: rows * height * columns * width * channels)
    for image in 0..<count {
      let (top, left) = (image / columns * height, image % columns * width)
      for y in 0..<height {
        for x in 0..<width {
          let from = ((image * height + y) * width + x) * dataset.channels
          let to = ((top + y) * columns * width + left + x) * channels
          for c in 0..<channels {
            let value = batch.images[from + c] * statistics.standardDeviation[c]
            pixels[to + c] = UInt8(max(0, min(255, ((value + statistics.mean[c]) * 255).rounded())))
          }
        }
      }
    }
    return Raster(
      width: columns * width, height: rows * height, channels: channels, bytes: pixels)
  }
}

extension TrainingCurve.Column {
  /// What TensorBoard calls it: `loss/largest` of `loss_largest`; nil for what tells the step.
  var tag: String? {
    switch self {
    case .step, .epoch: nil
    case .learningRate, .imagesPerSecond: rawValue
    default: rawValue.replacing("_", with: "/", maxReplacements: 1)
    }
  }
}
