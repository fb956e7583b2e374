import Foundation
import Testing

/// The corpora that `tools/fuzz` starts from, and what it found, through the same readers.
@Suite struct CorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Corpora")

  /// Files of `found-...` are what once ended the program, `bad-...` are refused, all others are taken.
  @Test(arguments: FuzzedParser.all) func isReadOrRefused(_ parser: FuzzedParser) throws {
    let folder = Self.folder.appendingPathComponent(parser.name).path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    func isWhole(_ name: String) -> Bool { !name.hasPrefix("found-") && !name.hasPrefix("bad-") }
    try #require(names.contains(where: isWhole))
    let read = try parser.prepare()
    for name in names {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      let outcome = try ReadingOutcome(of: [UInt8](bytes), by: read)
      #expect(!isWhole(name) || outcome == .accepted, "\(name): \(outcome)")
      #expect(!name.hasPrefix("bad-") || outcome != .accepted, "\(name)")
    }
  }

  @Test func everyFolderHasItsParser() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(folders) == Set(FuzzedParser.all.map(\.name)))
  }
}
