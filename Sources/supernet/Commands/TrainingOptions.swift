import ArgumentParser
import Compute
import Datasets
import Export
import TensorFiles

/// The images that a space's networks are trained on, how, and where.
struct TrainingOptions: ParsableArguments {
  @Option(help: "The data set: auto (Fashion-MNIST, else drawn shapes) or a name.")
  var dataset = "auto"
  @Option(help: "Where the data set's files are.") var data: String?
  @Option(help: "Training images, the first of the data set.") var images = 2_000
  @Option(help: "Epochs of a training.") var epochs = 8
  @Option(help: "Images of a training step.") var batch = 32
  @Option(help: "The highest learning rate.") var learningRate = 0.1
  @Option(help: "A table of architectures and metrics (CSV).") var table: String?
  @OptionGroup var compute: DeviceOptions

  func validate() throws {
    try check("--images", images, in: 1...10_000_000)
    try check("--epochs", epochs, in: 1...100_000)
    try check("--batch", batch, in: 1...65_536)
    try check("--learning-rate", learningRate, in: 1e-9...100)
  }

  /// The images, the training ones cut to the number asked for.
  ///
  /// - Parameters:
  ///   - validation: images set aside first: they stay the same whatever is trained on.
  ///   - tell: is told which images they are.
  func splits(
    for space: any NetworkSpace, validation: Int = 3_000, tell: (String) -> Void
  ) throws -> DatasetSplits {
    let data = try RunData(
      RunConfiguration.Data(dataset: dataset, path: data, validation: validation), for: space)
    tell(data.reason)
    let all = data.splits
    return try DatasetSplits(
      train: all.train.prefix(images), validation: all.validation, test: all.test)
  }

  /// The device, and what there is to say of it.
  func open(tell: (String) -> Void) throws -> any Device {
    let opened = try compute.open(compute.device ?? "auto")
    if let note = opened.note { tell(note) }
    return opened.device
  }

  /// The table's text and its file's name.
  func tableText() throws -> (text: String, file: String)? {
    try table.map { (try FileReader.text(of: $0), $0) }
  }
}
