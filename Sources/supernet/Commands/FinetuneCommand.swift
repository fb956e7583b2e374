import ArgumentParser
import ComputeOpenCL
import Datasets
import Export
import Search
import TensorFiles
import Terminal

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct FinetuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Trains an exported subnet's weights further, by itself.",
    discussion: """
      On its own images or on others of its size, channels and number of classes; input \
      normalisation stays as it was. A checkpoint beside the output says where it stands, and \
      --resume goes on there.
      """)

  @Argument(help: "A .safetensors file that `export`, `run` or `import` wrote.")
  var subject: String
  @Option(name: .shortAndLong, help: "The .safetensors file; .json and .py are written beside it.")
  var output: String
  @Option(help: "auto unless given, or the name of a dataset.") var dataset: String?
  @Option(help: "Where the dataset's files are.") var data: String?
  @Option(
    help: """
      A YAML file with the keys of a run's `training`; unless given, 3 epochs at a learning rate \
      of 0.02.
      """)
  var training: String?
  @Option(help: "Epochs, whatever the recipe says.") var epochs: Int?
  @Option(help: "The learning rate, whatever the recipe says.") var learningRate: Double?
  @Flag(help: "Go on where the checkpoint beside the output stands.") var resume = false
  @OptionGroup var compute: DeviceOptions
  @OptionGroup var logging: LogOptions

  func validate() throws {
    guard output.hasSuffix(".safetensors") else {
      throw ValidationError("--output \(output): the name must end in .safetensors")
    }
    guard output != subject else {
      throw ValidationError("--output \(output): is what is fine-tuned; give another name")
    }
    try check("--epochs", epochs, in: 1...100_000)
    try check("--learning-rate", learningRate, in: 1e-9...100)
  }

  private var checkpoint: String { ExportedSubnet.path(beside: output, ".checkpoint") }

  func run() throws {
    let recipe = try recipe()
    let log = RunLog(path: nil, format: logging.logFormat)
    let opened = try compute.open(compute.device ?? "auto")
    if let note = opened.note { log.tell(note) }
    let subnet = try ExportedSubnet(readingFrom: subject, on: opened.device)
    let images = try RunData(
      RunConfiguration.Data(dataset: dataset ?? "auto", path: data), for: subnet.network.space,
      size: subnet.imageSize)
    log.tell(images.reason)
    guard images.splits.train.height == subnet.imageSize else {
      throw ConfigurationError(
        "\(images.splits.train.name): images of side \(images.splits.train.height), \(subject) was "
          + "trained on \(subnet.imageSize)")
    }
    let trainer = try Trainer(
      subnet.network, recipe: recipe, images: images.splits.train,
      statistics: subnet.normalization)
    let spaceText = subnet.network.space.yaml
    if resume, RunFolder.exists(checkpoint) {
      try Checkpoint(readingFrom: checkpoint).restore(
        trainer, spaceText: spaceText, dataset: images.identity, path: checkpoint)
      log.tell("Resuming at step \(trainer.step) of \(trainer.totalSteps).")
    } else if RunFolder.exists(checkpoint) {
      throw ConfigurationError(
        "\(checkpoint): was begun before; add --resume to go on with it, or remove it")
    }
    try trainer.requireAgreement()
    let before = try ExportedSubnet(readingFrom: subject, on: opened.device)
    try TrainingLoop(
      trainer: trainer, subnets: [subnet.architecture], log: log,
      checkpoint: checkpoint, spaceText: spaceText, dataset: images.identity
    ).execute()
    try trainer.finish()
    let tuned = try tuned(subnet, images.splits)
    try tuned.write(to: output)
    try? FileManager.default.removeItem(atPath: checkpoint)
    let (old, new) = (
      try top1(before, images.splits), try top1(tuned, images.splits)
    )
    log.tell(
      "Test top-1 \(Readable.percent(new)), before \(Readable.percent(old)).",
      ["top1": new, "top1_before": old])
    log.tell("Wrote \(output), its .json and its .py.")
  }

  private func recipe() throws -> TrainingRecipe {
    var recipe = TrainingRecipe(epochs: 3, learningRate: 0.02)
    if let training {
      recipe = try TrainingRecipe(
        ConfigurationNode(parsing: try FileReader.text(of: training), file: training),
        standard: recipe)
    }
    guard recipe.earlyStoppingPatience == nil else {
      throw ConfigurationError(
        "\(training ?? ""): early-stopping-patience: accuracies are not measured in fine-tuning; leave "
          + "it out")
    }
    if let epochs { recipe.epochs = epochs }
    if let learningRate { recipe.learningRate = Float(learningRate) }
    return recipe
  }

  /// With batch norm that knows the new weights.
  private func tuned(
    _ subnet: ExportedSubnet, _ splits: DatasetSplits
  ) throws -> ExportedSubnet {
    let calibration = splits.train.prefix(min(1_024, splits.train.count))
    let batches = try LabelledImages.batches(
      of: calibration, statistics: subnet.normalization, batchSize: 128, on: subnet.network.device)
    return try ExportedSubnet(
      subnet.architecture, of: subnet.network,
      batchNorm: try subnet.network.recalibrated(
        subnet.architecture, images: batches.map(\.images)),
      normalization: subnet.normalization, classNames: splits.train.classNames,
      imageSize: subnet.imageSize)
  }

  private func top1(_ subnet: ExportedSubnet, _ splits: DatasetSplits) throws -> Double {
    let correct = try subnet.correct(on: splits.test)
    return Double(correct.count { $0 }) / Double(correct.count)
  }
}
