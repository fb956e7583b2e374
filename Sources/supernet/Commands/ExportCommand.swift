import ArgumentParser
import Compute
import Datasets
import Export
import Operators
import Search

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Hands over subnets: as ONNX models, or as PyTorch weights and module.",
    discussion: """
      Give a trained run's folder (no retraining: the subnet's batch norm is recalibrated, its \
      weights are the supernet's), an exported subnet (.safetensors), or a space, whose subnets get \
      random weights and are good for timing only.

      A .onnx file takes `images` [N,C,H,W] of pixels from 0 to 255 to `logits` [N,classes]: \
      normalisation and resizing are part of it. Beside a .safetensors file stand a .json that \
      describes the subnet and a .py with the PyTorch module that loads it.
      """)

  @Argument(help: "A run's folder, a .safetensors file, or a space.")
  var subject: String
  @OptionGroup var architectures: ArchitectureOptions
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The .onnx or .safetensors file; of several subnets, NAME-1, NAME-2 and so on.",
      valueName: "file"))
  var output: String
  @Option(help: "In ONNX: fold batch norm into convolutions, or keep its nodes.")
  var batchNorm = ExportedBatchNorm.fold
  @OptionGroup var compute: DeviceOptions

  func validate() throws {
    guard output.hasSuffix(".safetensors") || output.hasSuffix(".onnx") else {
      throw ValidationError("--output \(output): the name must end in .onnx or .safetensors")
    }
  }

  func run() throws {
    if subject.hasSuffix(".safetensors") {
      guard architectures.isEmpty else {
        throw ValidationError("--architecture: \(subject) is one architecture already")
      }
      return try write(
        try ExportedSubnet(readingFrom: subject, on: NativeDevice(threads: 1)), to: output)
    }
    if RunFolder.exists(RunFolder(path: subject).configuration) { return try exportRun() }
    try exportSpace(try RunFolder.space(of: subject))
  }

  private func exportRun() throws {
    let opened = try Run(
      reopening: RunFolder(path: subject), compute: compute, isQuiet: true)
    let estimator = try opened.estimator()
    let splits = opened.data.splits
    try each(of: opened.configuration.space) { architecture in
      try ExportedSubnet(
        architecture, of: opened.supernet, batchNorm: try estimator.recalibrated(architecture),
        normalization: splits.statistics, classNames: splits.train.classNames,
        imageSize: splits.train.height)
    }
  }

  private func exportSpace(_ space: any NetworkSpace) throws {
    let supernet = try Supernet(space, on: NativeDevice(threads: 1), seed: 1)
    try each(of: space) { architecture in
      let size = space.resolution(of: architecture)
      let images = try supernet.device.empty([1, size, size, space.channels])
      try supernet.device.fill(images, with: 0)
      let batchNorm = BatchNormStatistics(on: supernet.device)
      // A pass makes the statistics that there are: means of 0, variances of 1.
      _ = try supernet.logits(
        architecture, images, mode: .inference(batchNorm), tape: Tape(recording: false))
      return try ExportedSubnet(
        architecture, of: supernet, batchNorm: batchNorm,
        normalization: PixelStatistics(
          mean: [Float](repeating: 0, count: space.channels),
          standardDeviation: [Float](repeating: 1, count: space.channels)),
        classNames: (0..<space.classes).map(String.init), imageSize: size)
    }
    print("Note: \(subject) is a space; the weights are random.")
  }

  private func each(
    of space: any NetworkSpace, _ subnet: (Architecture) throws -> ExportedSubnet
  ) throws {
    guard !architectures.isEmpty else {
      throw ConfigurationError(
        "--architecture is needed: `largest`, `smallest`, or text such as "
          + "\"\(space.text(of: space.smallest))\"")
    }
    let chosen = try architectures.chosen(in: space)
    for (index, architecture) in chosen.enumerated() {
      let path = chosen.count == 1 ? output : numbered(index + 1)
      try write(try subnet(architecture), to: path)
    }
  }

  /// `x-2.onnx` of `x.onnx`.
  private func numbered(_ number: Int) -> String {
    let suffix = output.hasSuffix(".onnx") ? ".onnx" : ".safetensors"
    return "\(output.dropLast(suffix.count))-\(number)\(suffix)"
  }

  private func write(_ subnet: ExportedSubnet, to path: String) throws {
    if path.hasSuffix(".onnx") {
      try subnet.writeONNX(to: path, batchNorm: batchNorm)
      print("Wrote \(path).")
    } else {
      try subnet.write(to: path)
      print("Wrote \(path), its .json and its .py.")
    }
  }
}

extension ExportedBatchNorm: ExpressibleByArgument {}

extension NetworkSpace {
  /// The architecture that `--architecture` names.
  func architecture(naming text: String?) throws -> Architecture {
    guard let text else {
      throw ConfigurationError(
        "--architecture is needed: `largest`, `smallest`, or text such as "
          + "\"\(self.text(of: smallest))\"")
    }
    do {
      return try architecture(named: text)
    } catch let error as SearchError {
      throw ConfigurationError("--architecture: \(error)")
    }
  }

  /// An architecture by its text, or `largest`, or `smallest`.
  func architecture(named text: String) throws -> Architecture {
    switch text {
    case "largest": return largest
    case "smallest": return smallest
    default: return try architecture(text: text)
    }
  }
}
