import Compute
import Laws
import Search
import Supernets
import Testing

/// Chains, recurrent networks, and one or the other.
@Suite struct SpaceKindTests {
  private func reading(_ yaml: String) throws -> any NetworkSpace {
    try SpaceCatalogue.space(reading: ConfigurationNode(parsing: yaml, file: "space.yaml"))
  }

  /// By hand: 3x3 of 4x4x1 to 3 channels, then 1x1 stride 2 to 5, and the skip that does not fit.
  @Test func aChainCostsWhatItsLayersDo() throws {
    let space = try reading(
      """
      name: counted
      kind: chain
      input: {channels: 1, resolution: 8}
      classes: 10
      stages:
        - {depth: 1, operations: conv-3x3, width: 3}
        - {depth: 1, stride: 2, operations: conv-1x1, width: 5, skip: true}
      head: {depth: 1, width: 7}
      """)
    #expect(space.searchSpace.count == 1)
    let cost = try space.cost(of: space.largest)
    #expect(cost.multiplyAdds == 64 * 9 * 3 + 16 * 3 * 5 + 5 * 7 + 7 * 10)
    #expect(cost.parameters == 27 + 6 + 15 + 10 + 5 * 7 + 7 + 70 + 10)
  }

  /// By hand: 4 gates of 6 inputs and of 5 states, two biases each, over 6 steps.
  @Test func anLSTMCostsWhatItsGatesDo() throws {
    let space = try reading(
      """
      name: counted
      kind: recurrent
      input: {channels: 1, resolution: 6}
      classes: 10
      cells: lstm
      hidden: 5
      """)
    let cost = try space.cost(of: space.largest)
    #expect(cost.parameters == 4 * (6 * 5 + 5 * 5 + 10) + 60)
    #expect(cost.multiplyAdds == 6 * 4 * (6 * 5 + 5 * 5) + 50)
  }

  @Test func whatDoesNotMatterIsLeftOutOfTheCanonicalText() throws {
    let space = try TinySpaces.chain.space()
    let texts = Set(space.searchSpace.allArchitectures.prefix(20_000).map(space.canonicalText))
    #expect(texts.count > 100 && texts.count < 20_000)
  }

  @Test func oneOrTheOtherIsOneSpace() throws {
    let space = try TinySpaces.either.space()
    let members = try #require(space as? EitherSpace).members
    #expect(space.searchSpace.count == members.reduce(0) { $0 + $1.searchSpace.count })
    let text = "lstm: cell=lstm layers=1 hidden=5"
    let lstm = try space.architecture(text: text)
    #expect(space.text(of: lstm) == text)
    let inner = try members[1].architecture(text: "cell=lstm layers=1 hidden=5")
    #expect(try space.cost(of: lstm) == members[1].cost(of: inner))
    #expect(try space.parameterLayout(of: lstm).entries.allSatisfy { $0.name.hasPrefix("lstm.") })
  }

  /// A single architecture trained by itself holds its own parameters only.
  @Test(arguments: TinySpaces.all) func architecturesStandAlone(_ tiny: TinySpaces.Entry) throws {
    let space = try tiny.space()
    let device = try NativeDevice(threads: 1)
    let alone = try Supernet(space, on: device, seed: 1, alone: space.smallest)
    let whole = try Supernet(space, on: device, seed: 1)
    #expect(alone.layout.count < whole.layout.count)
    #expect(
      alone.layout.entries.map(\.name)
        == (try space.parameterLayout(of: space.smallest).entries.map(\.name)))
  }

  @Test(arguments: [
    ("kind: cells", "space.yaml:2: kind: unknown `cells`; choose from elastic, cell, chain"),
    (
      "kind: chain\ninput: {channels: 1, resolution: 8}\nclasses: 2\nstages:\n"
        + "  - {depth: 1, operations: conv-3x3, width: 8}\n"
        + "  - {depth: 1, operations: conv-3x3, width: 4}",
      "space.yaml:7: stages[1].width: the widest must not be narrower than the 8 channels before"
    ),
    (
      "kind: either\nmembers: [chain-28, mobilenet-32]",
      "space.yaml:3: members[1]: mobilenet-32 takes 3 channels"
    ),
    ("kind: either\nmembers: [chain]", "space.yaml:3: members[0]: unknown `chain`; choose from"),
  ]) func mistakesAreNamed(_ lines: String, _ message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try reading("name: x\n" + lines) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }
}
