import ArgumentParser
import Compute
import Export
import Terminal

/// What candidates of a space are judged with.
struct EstimationOptions: ParsableArguments {
  @OptionGroup var training: TrainingOptions
  @Option(help: "Validation images.") var validation = 3_000
  @Option(help: "Epochs of a supernet's training.") var supernetEpochs = 150
  @Option(help: "How a supernet is trained: auto, \(Self.samplingRules).")
  var sampling = "auto"
  @Option(help: "The seed of everything that is drawn.") var seed = 1

  var compute: DeviceOptions { training.compute }

  func validate() throws {
    try check("--validation", validation, in: 1...10_000_000)
    try check("--supernet-epochs", supernetEpochs, in: 1...100_000)
    try check("--seed", seed, in: 0...Int(Int32.max))
    guard sampling == "auto" || SamplingRule(rawValue: sampling) != nil else {
      throw ValidationError(
        "--sampling \(sampling): choose one of auto, \(Self.samplingRules)")
    }
  }

  private static var samplingRules: String {
    SamplingRule.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// The options that are not as they are unless given.
  func changed() throws -> [String] {
    let standard = try EstimationOptions.parse([])
    func differs<Value: Equatable>(_ value: KeyPath<EstimationOptions, Value>) -> Bool {
      self[keyPath: value] != standard[keyPath: value]
    }
    return [
      ("--table", differs(\.training.table)), ("--dataset", differs(\.training.dataset)),
      ("--data", differs(\.training.data)), ("--images", differs(\.training.images)),
      ("--epochs", differs(\.training.epochs)), ("--batch", differs(\.training.batch)),
      ("--learning-rate", differs(\.training.learningRate)),
      ("--validation", differs(\.validation)),
      ("--supernet-epochs", differs(\.supernetEpochs)), ("--sampling", differs(\.sampling)),
      ("--seed", differs(\.seed)),
    ].filter(\.1).map(\.0)
  }

  private func recipe(epochs: Int) -> TrainingRecipe {
    let steps = epochs * max(1, training.images / training.batch)
    return TrainingRecipe(
      epochs: epochs, batchSize: training.batch, sampling: SamplingRule(rawValue: sampling),
      learningRate: Float(training.learningRate), warmupSteps: min(100, steps / 10),
      finalRateFraction: 0.01, weightDecay: 5e-4, dropout: 0, cropPadding: 0,
      seed: UInt64(seed))
  }

  /// - Parameter isQuiet: nothing on standard output, for commands that print JSON there.
  func setting(for space: any NetworkSpace, isQuiet: Bool) throws -> EstimationSetting {
    let tell = { (line: String) in if !isQuiet { print(line) } }
    let device = Once { try training.open(tell: tell) }
    let images = Once { try training.splits(for: space, validation: validation, tell: tell) }
    var setting = EstimationSetting(
      space: space, recipe: recipe(epochs: training.epochs),
      supernetRecipe: recipe(epochs: supernetEpochs), seed: UInt64(seed), device: device.value,
      images: images.value, table: try training.tableText())
    let status = StatusLine()
    setting.monitor = WorkMonitor(
      isInterrupted: { Interruption.happened }, tell: { status.show($0) })
    return setting
  }
}
