import Foundation
import Laws
import Search
import Supernets
import Testing

/// What the documentation shows, as a user of the library compiles it.
struct ExampleTests {
  private func space() throws -> any NetworkSpace {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("own-space.yaml").path
    return try SpaceCatalogue.space(path) { try String(contentsOfFile: $0, encoding: .utf8) }
  }

  @Test func theSpaceObeysTheLaws() throws {
    let space = try space()
    #expect(space.searchSpace.count == 128)
    #expect(try SpaceLaws.violations(of: space).isEmpty)
  }

  @Test func theStrategyFindsTheSmallest() throws {
    let space = try space()
    let study = FileManager.default.temporaryDirectory
      .appendingPathComponent("supernet-example-\(UUID().uuidString).sqlite").path
    defer { try? FileManager.default.removeItem(atPath: study) }
    let found = try #require(try smallest(in: space, study: study))
    #expect(found.architecture == space.smallest)
    #expect(found.number < 40 && found.source == "best-neighbour")
    #expect(try smallest(in: space, study: study) == found, "resumed, it has nothing left to do")
  }

  @Test(arguments: StrategyLaw.all) func theStrategyObeys(_ law: StrategyLaw) throws {
    for named in try SampleSpaces.all() {
      #expect(
        try law.violations(of: { BestNeighbour(seed: 1) }, in: named.space).isEmpty, "\(named)")
    }
  }
}
