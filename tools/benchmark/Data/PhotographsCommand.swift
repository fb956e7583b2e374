import ArgumentParser

struct PhotographsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "photographs",
    abstract: "Draws landscapes as JPEG files by class: a folder of images to try `supernet` on.")

  @Argument(help: "The folder; made if it is not there.") var folder: String
  @Option(help: "Pictures in all, of five classes.") var count = 500
  @Option(help: "About how many pixels the longer side has.") var side = 320
  @Option(help: "Other pictures of the same kind.") var seed = 1

  func validate() throws {
    guard (1...1_000_000).contains(count), (16...8_192).contains(side), seed >= 0 else {
      throw ValidationError("--count from 1 to 1000000, --side from 16 to 8192, --seed from 0")
    }
  }

  func run() throws {
    let drawn = try PhotographFolder(
      drawing: count, in: folder, side: side, seed: UInt64(seed))
    print("Drew \(count) pictures of \(Landscape.Kind.allCases.count) classes into \(drawn.path).")
  }
}
