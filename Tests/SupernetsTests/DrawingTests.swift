import Laws
import Search
import Supernets
import Testing

@Suite struct DrawingTests {
  @Test(arguments: TinySpaces.all) func everyKindIsDrawn(_ tiny: TinySpaces.Entry) throws {
    let space = try tiny.space()
    for architecture in [space.largest, space.smallest] {
      let graph = space.graph(of: architecture)
      let nodes = graph.parts.reduce(0) { $0 + $1.nodes.count }
      #expect(nodes > 1)
      #expect(graph.svg.components(of: "<rect x=") == nodes)
      #expect(
        graph.svg.components(of: "marker-end")
          == graph.parts.reduce(0) { $0 + $1.edges.count })
      #expect(graph.dot.hasPrefix("digraph ") && graph.dot.hasSuffix("}\n"))
      #expect(!graph.svg.contains("nan"))
    }
  }

  @Test func aCellIsDrawnAsItsEdges() throws {
    let space = try TinySpaces.nasbench201.space()
    let graph = space.graph(
      of: try space.architecture(
        text: "|nor_conv_3x3~0|+|none~0|avg_pool_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|"))
    #expect(
      graph.parts[0].nodes.map(\.label) == [
        "input", "nor_conv_3x3", "1", "avg_pool_3x3", "2", "skip_connect", "nor_conv_1x1",
        "output",
      ])
    #expect(graph.dot.contains("n0_0 -> n0_1;"))
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
