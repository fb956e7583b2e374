import ArgumentParser
import Laws

struct GoldenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "golden",
    abstract: "Writes what a golden run starts from, for tools/golden to train in PyTorch.")

  @Argument(
    help: "The run: \(GoldenRun.all.map(\.name).joined(separator: ", ")).") var name: String
  @Option(help: "The safetensors file to write.") var output: String

  private var chosen: GoldenRun? { GoldenRun.all.first { $0.name == name } }

  func validate() throws {
    guard chosen != nil else {
      throw ValidationError(
        "no run \(name): choose \(GoldenRun.all.map(\.name).joined(separator: ", "))")
    }
  }

  func run() throws { try chosen?.start().write(to: output) }
}
