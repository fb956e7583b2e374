import Compute
import Export
import Laws
import Testing

@Suite struct SpaceTests {
  static let presets = SpaceCatalogue.presets.map(\.name)

  private func space(_ name: String) throws -> any NetworkSpace {
    try SpaceCatalogue.space(name)
  }

  private func reading(_ yaml: String, file: String) throws -> any NetworkSpace {
    try SpaceCatalogue.space(reading: ConfigurationNode(parsing: yaml, file: file))
  }

  @Test(arguments: presets) func everyArchitectureBuilds(_ name: String) throws {
    let violations = try SpaceLaws.violations(of: try space(name))
    #expect(violations.isEmpty, "\(violations)")
  }

  @Test(arguments: TinySpaces.all) func subnetsAnswerAloneAsInTheSupernet(
    _ tiny: TinySpaces.Entry
  ) throws {
    let violations = try SpaceLaws.exportViolations(
      of: tiny.space(), on: NativeDevice(threads: 2))
    #expect(violations.isEmpty, "\(violations)")
  }

  @Test(arguments: presets) func yamlIsReadBackAsWritten(_ name: String) throws {
    let space = try space(name)
    let again = try reading(space.yaml, file: "written")
    #expect(again.yaml == space.yaml && again.searchSpace == space.searchSpace)
    #expect(try again.cost(of: again.largest) == space.cost(of: space.largest))
  }

  /// The published range of the AttentiveNAS space (212 M to 1,944 M multiply-adds): ours chooses
  /// per stage and rounds hidden widths differently, so within a few percent.
  @Test func largestOf224IsAsPublished() throws {
    let space = try space("mobilenet-224")
    let largest = Double(try space.cost(of: space.largest).multiplyAdds)
    let smallest = Double(try space.cost(of: space.smallest).multiplyAdds)
    #expect(abs(largest / 1_944e6 - 1) < 0.02)
    #expect(abs(smallest / 212e6 - 1) < 0.08)
  }

  /// By hand: stem 3x3 stride 2 of 12x12x1 to 6x6x4, and so on.
  @Test func costIsCountedRight() throws {
    let space = try reading(
      """
      name: counted
      input: {channels: 1, resolution: 12}
      classes: 10
      stem: {width: 4, stride: 2}
      stages:
        - {depth: 1, width: 8, kernel: 3, expansion: [2], stride: 1}
      head: {width: 16}
      """, file: "counted")
    let cost = try space.cost(of: space.largest)
    let stem = 36 * 9 * 4, block = 36 * (4 * 8 + 9 * 8 + 8 * 8), head = 36 * 8 * 16
    #expect(cost.multiplyAdds == stem + block + head + 16 * 10)
    #expect(
      cost.parameters == 9 * 4 + 8 + 4 * 8 + 16 + 9 * 8 + 16 + 8 * 8 + 16 + 8 * 16 + 32 + 170)
    // A convolution's output beside its batch norm's, the hidden 6x6x8 twice; then the head's.
    #expect(cost.peakActivationBytes >= 2 * 36 * 16 * 4)
  }

  @Test(arguments: [
    ("name: x\nstem: {width: 8}", "space.yaml:1: `input` is missing"),
    (
      "name: x\ninput: {channels: 1, resolution: 28}\nclasses: ten\nstem: {width: 8}\n"
        + "stages: []\nhead: {width: 8}", "space.yaml:5: stages: no stages"
    ),
    ("name: x\ncolour: red", "space.yaml:2: unknown key `colour`"),
    ("name: [x", "space.yaml:"),
  ]) func mistakesAreNamedWithTheirLine(_ yaml: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try reading(yaml, file: "space.yaml")
    }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func wrongTypesAndRangesAreNamed() throws {
    for (change, message) in [
      ("kernel: [3, 4]", "space.yaml:6: stages[0].kernel: use 3, 5 or 7"),
      ("kernel: [5, 3]", "space.yaml:6: stages[0].kernel: [5, 3]: list the options"),
      ("kernel: three", "space.yaml:6: stages[0].kernel: expected a whole number, found `three`"),
      ("kernel: 99", "space.yaml:6: stages[0].kernel: 99 is outside 3...7"),
    ] {
      let yaml = """
        name: x
        input: {channels: 1, resolution: 28}
        classes: 10
        stem: {width: 8}
        stages:
          - {depth: 1, width: 8, \(change), expansion: 2}
        head: {width: 8}
        """
      let error = #expect(throws: ConfigurationError.self) {
        try reading(yaml, file: "space.yaml")
      }
      #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
  }
}
