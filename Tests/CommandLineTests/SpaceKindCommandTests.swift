import Laws
import Testing

/// Every kind of space goes the same way: trained, handed over, evaluated, timed, drawn.
@Suite struct SpaceKindCommandTests {
  @Test(arguments: [TinySpaces.nasbench201, TinySpaces.chain, TinySpaces.recurrent])
  func aSubnetScoresInItsFileAsInItsRun(_ tiny: TinySpaces.Entry) throws {
    let workspace = try Workspace()
    try workspace.write("space.yaml", tiny.yaml)
    let trained = try workspace.supernet("train", "run.yaml", "--threads", "1")
    #expect(trained.status == 0, "\(trained)")
    // Neither the space's first nor its last: a file holds nothing but its own.
    let space = try tiny.space()
    let architecture = space.text(
      of: try #require(space.searchSpace.allArchitectures.dropFirst(3).first { _ in true }))
    #expect(try workspace.export(architecture).architecture == architecture)

    let timed = try workspace.supernet(
      "time", "x.safetensors", "--devices", "cpu", "--batch", "1", "--seconds", "0.1", "--json")
    let rows = try decode([Timing].self, timed.output)
    #expect(rows.map(\.architecture) == [architecture])
    let drawn = try workspace.supernet("draw", "x.safetensors")
    #expect(drawn.output.hasPrefix("<svg ") && drawn.output.hasSuffix("</svg>\n"))
    expectOneLine(
      try workspace.supernet("time", "x.safetensors", "--architecture", "largest"),
      "x.safetensors is one architecture already")
  }
}
