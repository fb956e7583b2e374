import ArgumentParser
import Laws

struct GoldenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "golden",
    abstract: "Writes what each golden run starts from, for tools/golden to train in PyTorch.")

  @Argument(help: "An existing folder, for a safetensors file of each run.")
  var folder: String

  func run() throws {
    for run in GoldenRun.all { try run.start().write(to: "\(folder)/\(run.name).safetensors") }
  }
}
