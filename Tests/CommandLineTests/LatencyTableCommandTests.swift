import Foundation
import Testing

/// Latency tables, and what they are used for.
@Suite struct LatencyTableCommandTests {
  struct Report: Decodable {
    var layers: Int
    var layerCount: Int
    var examples: Int
  }

  /// A run with a table of a part of its space's layers, `far.json`.
  private func workspace() throws -> Workspace {
    let workspace = try TrainedRun.copy()
    let outcome = try workspace.supernet([
      "time", "runs/tiny", "--table", "far.json", "--devices", "cpu", "--threads", "1",
      "--budget", "0.5", "--json",
    ])
    let report = try decode(Report.self, outcome.output)
    #expect(report.layers > 0 && report.layers <= report.layerCount)
    return workspace
  }

  @Test func aTableOfSomethingElseIsNotGoneOnWith() throws {
    let workspace = try workspace()
    let before = try workspace.text("far.json")
    let common = ["--table", "far.json", "--devices", "cpu", "--budget", "0.5"]
    for (arguments, what) in [
      (["time", "runs/tiny", "--threads", "1", "--batch", "2"], "batch"),
      (["time", "runs/tiny", "--threads", "2"], "device"),
      (["time", "mobilenet-28", "--threads", "1"], "space"),
    ] {
      expectOneLine(
        try workspace.supernet(arguments + common), "far.json: a table of another \(what)")
    }
    expectOneLine(
      try workspace.supernet("time", "runs/tiny", "--table", "far.json"), "--table: name one device"
    )
    expectOneLine(
      try workspace.supernet(
        "compare-devices", "space.yaml", "--latency-table", "space.yaml", "--devices", "cpu"),
      "space.yaml: not a latency table")
    #expect(try workspace.text("far.json") == before)
  }

  struct Comparison: Decodable {
    struct Device: Decodable {
      var name: String
      var isPredicted: Bool
    }
    struct Subnet: Decodable {
      var top1: Double?
      var seconds: [Double]
    }

    var devices: [Device]
    var subnets: [Subnet]
  }

  @Test func aTablesDeviceIsComparedWithThoseHere() throws {
    let workspace = try workspace()
    let outcome = try workspace.supernet([
      "compare-devices", "runs/tiny", "--latency-table", "far.json", "--devices", "cpu",
      "--threads", "1", "--sample", "4", "--seconds", "0.05", "--json",
    ])
    let found = try decode(Comparison.self, outcome.output)
    #expect(found.devices.map(\.name) == ["far", "cpu"])
    #expect(found.devices.map(\.isPredicted) == [true, false])
    #expect(found.subnets.count == 4)
    #expect(found.subnets.allSatisfy { $0.top1 != nil && $0.seconds.allSatisfy { $0 > 0 } })
    #expect(try workspace.text("runs/tiny/devices/comparison.json") == outcome.output)
    for name in ["latency-far-cpu", "accuracy-far", "accuracy-cpu"] {
      #expect(try workspace.text("runs/tiny/devices/\(name).svg").contains("<circle"), "\(name)")
    }
  }

  struct Chosen: Decodable {
    struct Row: Decodable {
      struct Limit: Decodable {
        var metric: String
        var limit: Double
        var isLeast: Bool
        var value: Double
      }

      var limits: [Limit]?
      var accuracyGivenUp: Double?
      var weights: String
    }

    var subnets: [Row]
  }

  @Test func limitsHoldOnAllDevicesAtOnce() throws {
    let workspace = try workspace()
    let limits = [
      "latency.cpu=900ms", "latency.cpu@3=1.5s", "latency.far=800ms", "parameters=1M",
      "file-bytes=1MiB", "peak-bytes=10MiB", "multiply-adds=1G", "top1=0",
    ]
    let outcome = try workspace.supernet(
      [
        "search", "runs/tiny", "--latency-table", "far.json", "--threads", "1", "--candidates", "4",
        "--json", "--limit",
      ] + limits)
    let row = try #require(try decode(Chosen.self, outcome.output).subnets.first)
    let told = try #require(row.limits)
    #expect(told.map(\.metric) == limits.map { String($0.split(separator: "=")[0]) })
    for limit in told {
      #expect(limit.isLeast ? limit.value >= limit.limit : limit.value <= limit.limit, "\(limit)")
    }
    #expect(told.map(\.isLeast) == limits.map { $0.hasPrefix("top1") })
    let size = try workspace.data("runs/tiny/\(row.weights)").count
    #expect(told.first { $0.metric == "file-bytes" }?.value == Double(size))
    #expect(try #require(row.accuracyGivenUp) >= 0)
  }

  @Test func limitsThatCannotBeAreOneLine() throws {
    let workspace = try workspace()
    let search = [
      "search", "runs/tiny", "--threads", "1", "--latency-table", "far.json", "--limit",
    ]
    for (limit, message) in [
      ("latency.cpu=fast", "--limit latency.cpu=fast: give METRIC=VALUE"),
      ("speed=1", "no metric is named \"speed\""),
      ("latency.tpu=1", "device \"tpu\": choose auto"),
      ("latency.far@2=1", "a latency of far at batch 2: its table has latency.far"),
      ("energy.far=1", "energy.far: a latency table tells no energy"),
      ("latency.cpu=1ns", "--limit latency.cpu=1ns: give METRIC=VALUE"),
    ] {
      expectOneLine(try workspace.supernet(search + [limit]), message)
    }
    expectOneLine(
      try workspace.supernet(search + ["parameters=1", "--candidates", "2"]),
      "none of the subnets fits")
  }
}
