import Compute
import Laws
import Search
import Supernets
import Testing

@Suite struct CellSpaceTests {
  private func preset(_ name: String) throws -> any NetworkSpace {
    try SpaceCatalogue.space(name)
  }

  /// Dong and Yang 2020: from 7.78 M to 220.12 M multiply-adds, 0.0733 M to 1.5315 M parameters.
  @Test func nasbench201CostsWhatIsPublished() throws {
    let space = try preset("nasbench201")
    let most = try space.cost(of: space.largest), least = try space.cost(of: space.smallest)
    #expect(abs(Double(most.multiplyAdds) / 220.12e6 - 1) < 1e-3)
    #expect(abs(Double(least.multiplyAdds) / 7.783e6 - 1) < 1e-3)
    #expect(most.parameters == 1_531_546 && least.parameters == 73_306)
  }

  /// Liu and others 2019: DARTS_V2 has 3.3 million parameters.
  @Test func dartsCostsWhatIsPublished() throws {
    let space = try preset("darts")
    let second = try space.architecture(text: Self.dartsV2)
    #expect(space.text(of: second) == Self.dartsV2)
    #expect(try space.cost(of: second).parameters == 3_349_342)
    // In any order of a node's edges.
    let swapped = Self.dartsV2.replacing(
      "('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1)",
      with: "('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0)")
    #expect(try space.architecture(text: swapped) == second)
  }

  private static let dartsV2 =
    "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), "
    + "('sep_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 1), ('skip_connect', 0), "
    + "('dil_conv_3x3', 2)], normal_concat=range(2, 6), reduce=[('max_pool_3x3', 0), "
    + "('max_pool_3x3', 1), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 0), "
    + "('skip_connect', 2), ('max_pool_3x3', 1), ('skip_connect', 2)], "
    + "reduce_concat=range(2, 6))"

  /// 6,466 cells by the equivalence of Dong and Yang 2020.
  @Test func isomorphicCellsCountOnce() throws {
    let space = try preset("nasbench201-28")
    let all = space.searchSpace.allArchitectures.map { space.canonicalText(of: $0) }
    #expect(all.count == 15_625)
    #expect(Set(all).count == 6_466)
  }

  @Test func cellStringsAreRead() throws {
    let space = try preset("nasbench201-28")
    let text = "|avg_pool_3x3~0|+|none~0|nor_conv_1x1~1|+|nor_conv_3x3~0|skip_connect~1|none~2|"
    let architecture = try space.architecture(text: text)
    #expect(space.text(of: architecture) == text)
    #expect(space.searchSpace.label(of: "edge2-1", in: architecture) == "nor_conv_1x1")
    for (wrong, part) in [
      ("|none~0|", "has 3 nodes, the text has 1"),
      (text.replacing("nor_conv_1x1", with: "conv"), "no operation is named \"conv\""),
      (text.replacing("none~2", with: "none~1"), "cannot have edges from [0, 1, 1]"),
      (text.replacing("~2", with: ""), "not of the form operation~state"),
    ] {
      let error = #expect(throws: SearchError.self) { try space.architecture(text: wrong) }
      #expect("\(error as Any)".contains(part), "\(wrong): \(error as Any)")
    }
  }

  /// What does not reach the output costs nothing.
  @Test func deadEdgesAreNotComputed() throws {
    let space = try preset("nasbench201-28")
    func cost(_ text: String) throws -> SubnetCost {
      try space.cost(of: space.architecture(text: text))
    }
    #expect(
      try cost("|nor_conv_3x3~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|")
        == cost("|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|"))
  }

  @Test(arguments: [
    (
      "resolution: 8", "resolution: 7", "tiny-darts:3: input.resolution: 7 cannot be halved 1 times"
    ),
    ("cell: darts", "cell: dart", "tiny-darts:5: cell: unknown `dart`; choose from nasbench201"),
    ("cell: darts", "cell: {nodes: 2}", "tiny-darts:1: `operations` is missing"),
    ("cells: 1", "cells: 0", "tiny-darts:6: skeleton.cells: 0 is outside 1...64"),
  ]) func mistakesAreNamed(_ right: String, _ wrong: String, _ message: String) throws {
    let yaml = TinySpaces.darts.yaml.replacing(right, with: wrong)
    let error = #expect(throws: ConfigurationError.self) {
      try SpaceCatalogue.space(reading: ConfigurationNode(parsing: yaml, file: "tiny-darts"))
    }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }
}
