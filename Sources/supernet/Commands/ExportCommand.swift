import ArgumentParser
import Export
import Search

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Cuts a subnet out of a trained run: weights and description.",
    discussion: "No retraining: its batch norm is recalibrated, its weights are the supernet's.")

  @ArgumentParser.Argument(help: "The run's folder.") var folder: String
  @Option(help: "`largest`, `smallest`, or text such as \"resolution=28 stem.width=16 ...\".")
  var architecture: String
  @Option(name: .shortAndLong, help: "The .safetensors file; a .json is written beside it.")
  var output: String
  @OptionGroup var compute: DeviceOptions

  func validate() throws {
    guard output.hasSuffix(".safetensors") else {
      throw ValidationError("--output \(output): the name must end in .safetensors")
    }
  }

  func run() throws {
    let opened = try Run(
      reopening: RunFolder(path: folder), compute: compute, isQuiet: true)
    let chosen = try opened.configuration.space.architecture(naming: architecture)
    try ExportedSubnet(
      chosen, of: opened.supernet, batchNorm: try opened.estimator().recalibrated(chosen),
      normalization: opened.data.splits.statistics,
      classNames: opened.data.splits.train.classNames,
      imageSize: opened.data.splits.train.height
    ).write(to: output)
    print("Wrote \(output) and its .json.")
  }
}

extension NetworkSpace {
  /// An architecture by its text, or `largest`, or `smallest`.
  func architecture(naming text: String?) throws -> Architecture {
    switch text {
    case "largest": return largest
    case "smallest": return smallest
    case let text?:
      do {
        return try architecture(text: text)
      } catch let error as SearchError {
        throw ConfigurationError("--architecture: \(error)")
      }
    case nil:
      throw ConfigurationError(
        "--architecture is needed: `largest`, `smallest`, or text such as "
          + "\"\(self.text(of: smallest))\"")
    }
  }
}
