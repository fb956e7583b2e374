import ArgumentParser
import Compute
import ComputeOpenCL
import Datasets
import Export
import TensorFiles

/// What candidates of a space are trained and judged with.
struct EstimationOptions: ParsableArguments {
  @Option(help: "The data set: auto (Fashion-MNIST, else drawn shapes) or a name.")
  var dataset = "auto"
  @Option(help: "Where the data set's files are.") var data: String?
  @Option(help: "Training images, the first of the data set.") var images = 2_000
  @Option(help: "Validation images.") var validation = 3_000
  @Option(help: "Epochs of a candidate's training.") var epochs = 8
  @Option(help: "Epochs of a supernet's training.") var supernetEpochs = 150
  @Option(help: "How a supernet is trained: auto, \(Self.samplingRules).")
  var sampling = "auto"
  @Option(help: "Images of a training step.") var batch = 32
  @Option(help: "The highest learning rate.") var learningRate = 0.1
  @Option(help: "A table of architectures and metrics (CSV).") var table: String?
  @Option(help: "The seed of everything that is drawn.") var seed = 1
  @OptionGroup var compute: DeviceOptions

  func validate() throws {
    for (name, value) in [("--images", images), ("--validation", validation)] {
      try check(name, value, in: 1...10_000_000)
    }
    for (name, value) in [("--epochs", epochs), ("--supernet-epochs", supernetEpochs)] {
      try check(name, value, in: 1...100_000)
    }
    try check("--batch", batch, in: 1...65_536)
    try check("--learning-rate", learningRate, in: 1e-9...100)
    try check("--seed", seed, in: 0...Int(Int32.max))
    guard sampling == "auto" || SamplingRule(rawValue: sampling) != nil else {
      throw ValidationError(
        "--sampling \(sampling): choose one of auto, \(Self.samplingRules)")
    }
  }

  private static var samplingRules: String {
    SamplingRule.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// The images, the training ones cut to the number asked for.
  func splits(for space: any NetworkSpace) throws -> DatasetSplits {
    let all = try RunData(
      RunConfiguration.Data(dataset: dataset, folder: data, validation: validation), for: space
    ).splits
    // The validation images first: they stay the same whatever is trained on.
    let training = all.train.prefix(images)
    return DatasetSplits(train: training, validation: all.validation, test: all.test)
  }

  func recipe(epochs: Int) -> TrainingRecipe {
    let steps = epochs * max(1, images / batch)
    return TrainingRecipe(
      epochs: epochs, batchSize: batch, sampling: SamplingRule(rawValue: sampling),
      learningRate: Float(learningRate), warmupSteps: min(100, steps / 10),
      finalRateFraction: 0.01, weightDecay: 5e-4, dropout: 0, cropPadding: 0,
      seed: UInt64(seed))
  }

  /// - Parameter space: a built-in space's name, or the path of a file.
  func setting(for space: String) throws -> EstimationSetting {
    try setting(for: SpaceCatalogue.space(space, read: RunConfiguration.text(of:)), on: device)
  }

  var device: Once<any Device> {
    Once { try compute.open(compute.device ?? "auto").device }
  }

  func setting(
    for space: any NetworkSpace, on device: Once<any Device>
  ) throws -> EstimationSetting {
    let images = Once { try splits(for: space) }
    return EstimationSetting(
      space: space, recipe: recipe(epochs: epochs), supernetRecipe: recipe(epochs: supernetEpochs),
      seed: UInt64(seed), device: device.value, images: images.value,
      table: try table.map { (try FileReader.text(of: $0), $0) })
  }
}

/// Something made when it is first asked for.
final class Once<Value> {
  private let make: () throws -> Value
  private(set) var made: Value?

  init(_ make: @escaping () throws -> Value) { self.make = make }

  func value() throws -> Value {
    if let made { return made }
    let value = try make()
    made = value
    return value
  }
}
