import Laws
import Search
import Supernets
import Testing

@Suite struct LayerTests {
  @Test(arguments: TinySpaces.all)
  func layersAddUpToTheNetwork(_ kind: TinySpaces.Entry) throws {
    let space = try kind.space()
    for architecture in [space.smallest, space.largest] {
      let layers = try space.layers(of: architecture, batch: 1)
      #expect(
        layers.reduce(0) { $0 + $1.multiplyAdds } == (try space.cost(of: architecture).multiplyAdds)
      )
      #expect(layers.last?.output == [1, space.classes])
    }
  }

  @Test func layersAreNamedByTheirParameters() throws {
    let space = try SpaceCatalogue.space("mobilenet-28")
    let layers = try space.layers(of: space.smallest, batch: 2)
    #expect(
      layers.prefix(4).map(\.name) == [
        "stem", "stages.0.blocks.0.expand", "stages.0.blocks.0.depthwise",
        "stages.0.blocks.0.project",
      ])
    #expect(layers.contains { $0.name == "stages.2.blocks.0.se.reduce" && $0.kind == "Linear" })
    #expect(layers.last?.configuration == "Linear 2x128 128x10 10")
    #expect(layers.last?.bytes == 4 * (2 * 128 + 128 * 10 + 10 + 2 * 10))
    // The same sizes with another activation are other work.
    #expect(layers[0].configuration.contains("activation=relu"))
  }
}
