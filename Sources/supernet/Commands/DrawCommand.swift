import ArgumentParser
import Compute
import Export
import TensorFiles

struct DrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Draws an architecture, as SVG or for Graphviz.",
    discussion: "Give a space, a run's folder, or an exported subnet (.safetensors).")

  enum Format: String, CaseIterable, ExpressibleByArgument { case svg, dot }

  @Argument(help: "A space, a run's folder, or a .safetensors file.")
  var subject: String
  @Option(
    help: ArgumentHelp(
      "`largest`, `smallest`, or an architecture's text; a file has its own.", valueName: "text"))
  var architecture: String?
  @Option(help: "svg (a picture) or dot (for Graphviz).") var format = Format.svg
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write (standard output unless given).", valueName: "file"))
  var output: String?

  func run() throws {
    let graph: NetworkGraph
    if subject.hasSuffix(".safetensors") {
      guard architecture == nil else {
        throw ValidationError("--architecture: \(subject) is one architecture already")
      }
      let subnet = try ExportedSubnet(readingFrom: subject, on: NativeDevice(threads: 1))
      graph = subnet.network.space.graph(of: subnet.architecture)
    } else {
      let space = try RunFolder.space(of: subject)
      graph = space.graph(of: try space.architecture(naming: architecture))
    }
    let text = format == .svg ? graph.svg : graph.dot
    guard let output else { return print(text, terminator: "") }
    try AtomicFile.write(text, to: output)
    print("Wrote \(output).")
  }
}
