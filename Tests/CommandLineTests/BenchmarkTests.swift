import Foundation
import Testing

/// The benchmark program, which lies beside `supernet`.
@Suite struct BenchmarkTests {
  private func benchmark(_ arguments: String...) throws -> Outcome {
    try Job(Binary.benchmark, arguments, in: FileManager.default.temporaryDirectory).wait()
  }

  private func json(_ outcome: Outcome) throws -> [String: Any] {
    #expect(outcome.status == 0, "\(outcome)")
    let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(value as? [String: Any])
  }

  @Test func everyGroupListsItsNames() throws {
    let lines = try benchmark("--list").output.split(separator: "\n")
    for group in [
      "ceilings", "operators", "training", "data", "inference", "search", "scaling", "start",
    ] {
      #expect(lines.contains { $0.hasPrefix("\(group): ") }, "\(group)")
    }
    #expect(Set(lines).count == lines.count, "two benchmarks of one name")
  }

  @Test func aRowStandsBesideItsCeiling() throws {
    let report = try json(
      benchmark(
        "operators", "--filter", "1x1 7x7 56->336 forward", "--device", "cpu", "--rounds", "1",
        "--json"))
    let row = try #require((report["rows"] as? [[String: Any]])?.first)
    let floor = try #require(row["floor_seconds"] as? Double)
    #expect(floor > 0 && (row["gigaflops_per_second"] as? Double ?? 0) > 0)
  }

  @Test func photographsAreFilesByClass() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("photographs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try benchmark("photographs", folder.path, "--count", "12", "--side", "48")
    #expect(outcome.status == 0, "\(outcome)")
    let classes = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(classes.sorted() == ["beach", "city", "desert", "forest", "mountain"])
    let files = try classes.flatMap {
      try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent($0).path)
    }
    #expect(files.count == 12 && files.allSatisfy { $0.hasSuffix(".jpg") })
  }

  @Test func theNetworkIsMobileNetV2() throws {
    // With nothing on standard input, serving ends after the description.
    let told = try json(benchmark("serve", "mobilenet-v2-1", "--device", "cpu"))
    #expect(told["parameters"] as? Int == 3_504_872)
    #expect(told["multiply_adds"] as? Int == 300_774_272)
  }

  @Test func proposalsAreTimed() throws {
    let report = try json(
      benchmark("strategies", "random", "hyperband", "--proposals", "50", "--json"))
    let costs = try #require(report["costs"] as? [[String: Any]])
    #expect(costs.map { $0["strategy"] as? String } == ["random", "hyperband"])
    #expect(costs.allSatisfy { $0["proposals"] as? Int == 50 })
  }

  @Test func aMistakeIsOneLine() throws {
    let outcome = try benchmark("everything")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    expectOneLine(outcome, "no group everything")
    let strategies = try benchmark("strategies", "magic")
    #expect(strategies.status == 64)
    expectOneLine(strategies, "no strategy is named \"magic\"")
  }
}
