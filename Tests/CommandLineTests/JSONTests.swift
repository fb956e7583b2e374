import Foundation
import Testing

@Suite struct JSONTests {
  @Test(arguments: [["devices", "--json"], ["spaces", "--json"]])
  func listsAreArraysOfObjects(_ arguments: [String]) throws {
    let outcome = try Workspace().supernet(arguments)
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let rows = try #require(value as? [[String: Any]])
    #expect(!rows.isEmpty)
  }

  @Test func aSpaceThatIsPrintedReadsBackAsItself() throws {
    let workspace = try Workspace()
    let first = try workspace.supernet("spaces", "mobilenet-28")
    try workspace.write("again.yaml", first.output)
    let second = try workspace.supernet("spaces", "again.yaml")
    #expect(first.status == 0 && first.output == second.output)
  }
}
