import ArgumentParser
import Export
import Search
import TensorFiles

/// Which architectures of a space.
struct ArchitectureOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "An architecture, `largest` or `smallest`; may be repeated.", valueName: "text"))
  var architecture: [String] = []
  @Option(
    help: ArgumentHelp(
      "A file with an architecture on each line; lines that begin with # are passed by.",
      valueName: "file"))
  var architectures: String?
  @Option(
    help: ArgumentHelp("So many random architectures, all different.", valueName: "count"))
  var sample: Int?
  @Option(help: "The seed of --sample.") var seed = 1

  func validate() throws {
    try check("--sample", sample, in: 1...1_000_000)
    try check("--seed", seed, in: 0...Int(Int32.max))
  }

  var isEmpty: Bool { architecture.isEmpty && architectures == nil && sample == nil }

  /// Those that are named, those of the file, then the random ones; largest and smallest if none is
  /// asked for.
  func chosen(in space: any NetworkSpace) throws -> [Architecture] {
    var chosen = try architecture.map { try space.architecture(naming: $0) }
    if let architectures { chosen += try Self.read(architectures, of: space) }
    if let sample {
      chosen += space.randomArchitectures(sample, seed: UInt64(seed), besides: chosen)
    }
    guard isEmpty else { return chosen }
    return space.searchSpace.count > 1 ? [space.largest, space.smallest] : [space.largest]
  }

  private static func read(_ path: String, of space: any NetworkSpace) throws -> [Architecture] {
    let lines = try FileReader.text(of: path).split(
      separator: "\n", omittingEmptySubsequences: false)
    let found = try lines.enumerated().compactMap { index, line -> Architecture? in
      let text = String(line.filter { $0 != "\r" })
      guard text.contains(where: { !$0.isWhitespace }), !text.hasPrefix("#") else { return nil }
      switch text {
      case "largest": return space.largest
      case "smallest": return space.smallest
      default:
        do {
          return try space.architecture(text: text)
        } catch let error as SearchError {
          throw ConfigurationError("\(path):\(index + 1): \(error)")
        }
      }
    }
    guard !found.isEmpty else { throw ConfigurationError("\(path): holds no architecture") }
    return found
  }
}
