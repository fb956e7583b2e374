import ArgumentParser
import Compute
import Export

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Takes back a subnet's weights that PyTorch, or another program, changed.",
    discussion: """
      The weights are a .safetensors file with the names and shapes of the exported one, as \
      `safetensors.torch.save_file(network.state_dict(), ...)` writes it; the description is the \
      .json of the export. What is written is a subnet for all commands.
      """)

  @Argument(help: "The .safetensors file of another program.") var weights: String
  @Option(help: ArgumentHelp("The .json beside the exported subnet.", valueName: "file"))
  var description: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The .safetensors file; .json and .py are written beside it.", valueName: "file"))

  var output: String

  func validate() throws {
    guard output.hasSuffix(".safetensors") else {
      throw ValidationError("--output \(output): the name must end in .safetensors")
    }
  }

  func run() throws {
    let subnet = try ExportedSubnet(
      readingFrom: weights, description: description, on: NativeDevice(threads: 1))
    try subnet.write(to: output)
    print("Wrote \(output), its .json and its .py.")
  }
}
