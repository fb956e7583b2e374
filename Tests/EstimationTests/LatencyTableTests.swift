import Compute
import Estimation
import Foundation
import Laws
import Search
import Testing

@Suite struct LatencyTableTests {
  /// Four architectures with a dozen layers between them.
  private static let yaml = """
    name: four
    input: {channels: 1, resolution: 8}
    classes: 3
    stem: {width: [4, 8], stride: 2}
    stages:
      - {depth: 1, width: 8, kernel: [3, 5], expansion: 2, stride: 1}
    head: {width: 8}
    """

  private func space() throws -> any NetworkSpace {
    try SpaceCatalogue.space(reading: ConfigurationNode(parsing: Self.yaml, file: "four"))
  }

  private func origin(
    _ device: DeviceDescription, _ space: any NetworkSpace
  ) -> LatencyTable.Origin {
    .init(
      device: device, version: "1", kernels: "a", tuning: "", space: space.yaml, batch: 1)
  }

  private func path() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("table-\(UUID()).json").path
  }

  /// Enough to see that things are measured; how well does not matter here.
  private var hasty: LatencyProcedure {
    var procedure = LatencyProcedure(timeLimit: .milliseconds(1))
    procedure.sampleLength = .microseconds(20)
    procedure.leastSamples = 1
    return procedure
  }

  @Test func isBuiltInSittings() throws {
    let (space, device, path) = (try space(), try NativeDevice(threads: 1), path())
    defer { try? FileManager.default.removeItem(atPath: path) }
    func builder(_ heldOut: Int) throws -> LatencyTableBuilder {
      try LatencyTableBuilder(
        origin(device.description, space), of: space, on: device, path: path, heldOut: heldOut,
        procedures: (hasty, hasty))
    }
    // Interrupted after the first group.
    var asked = 0
    let first = try builder(0)
    try first.run(isInterrupted: {
      asked += 1
      return asked > 1
    })
    #expect(!first.table.layers.isEmpty && first.table.examples.isEmpty)
    let kept = try LatencyTable(readingFrom: path)
    #expect(kept.layers == first.table.layers)

    let second = try builder(2)
    try second.run()
    let whole = second.table
    #expect(whole.layers.prefix(kept.layers.count) == kept.layers[...], "nothing is done again")
    #expect(whole.layers.count == whole.layerCount)
    #expect(Set(whole.layers.map(\.configuration)).count == whole.layerCount)
    #expect(whole.spentSeconds > kept.spentSeconds)
    // All four are examples, so there is none that the predictor has never seen.
    #expect(whole.examples.count == 4 && whole.heldOut.isEmpty && whole.accuracy == nil)
    let read = try LatencyTable(readingFrom: path)
    #expect(read.layers == whole.layers && read.examples == whole.examples)
    #expect(read.origin.space == space.yaml && read.date == whole.date)
  }

  /// A group of measurements is no larger than what is left of the budget.
  @Test func aSmallBudgetIsNotPassedByAGroup() throws {
    let (space, device, path) = (try space(), try NativeDevice(threads: 1), path())
    defer { try? FileManager.default.removeItem(atPath: path) }
    let builder = try LatencyTableBuilder(
      origin(device.description, space), of: space, on: device, path: path, budget: 1e-5,
      procedures: (hasty, hasty))
    try builder.run()
    #expect(builder.table.layers.count == 1 && builder.table.examples.isEmpty)
    #expect(builder.table.layerCount > 1)
  }

  @Test func isRefusedWhereItIsOfSomethingElse() throws {
    let space = try space()
    let device = DeviceDescription(
      identifier: "opencl:0", name: "card", kind: .gpu, driver: "1.0", computeUnits: 8,
      memoryBytes: 1 << 30)
    let table = LatencyTable(of: origin(device, space), date: "2026-01-01")
    try table.require(table.origin, path: "t.json")
    // The same card under another number is the same card.
    var moved = table.origin
    moved.device.identifier = "opencl:1"
    try table.require(moved, path: "t.json")
    let changes: [(String, (inout LatencyTable.Origin) -> Void)] = [
      ("device", { $0.device.name = "other" }), ("device", { $0.device.computeUnits = 4 }),
      ("driver", { $0.device.driver = "2.0" }), ("build", { $0.kernels = "b" }),
      ("build", { $0.version = "2" }), ("tuning", { $0.tuning = "x" }),
      ("space", { $0.space += " " }), ("batch", { $0.batch = 2 }),
    ]
    for (word, change) in changes {
      var other = table.origin
      change(&other)
      let error = #expect(throws: ConfigurationError.self) {
        try table.require(other, path: "t.json")
      }
      #expect("\(try #require(error))".hasPrefix("t.json: a table of another \(word)"))
    }
  }

  @Test(arguments: ["", "{}", "[1, 2]", "{\"format\": 1, \"layers\": 3}"])
  func whatIsNoTableIsTold(_ text: String) throws {
    let path = path()
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let error = #expect(throws: ConfigurationError.self) {
      try LatencyTable(readingFrom: path)
    }
    #expect("\(try #require(error))".contains("not a latency table"))
  }
}

/// The predictor on made-up times.
@Suite struct LatencyPredictorTests {
  private static let device = DeviceDescription(
    identifier: "cpu", name: "made up", kind: .cpu, driver: "none", computeUnits: 1,
    memoryBytes: 1 << 30)

  private func alone(_ layer: Layer) -> Double {
    1e-6 + 1e-10 * Double(layer.multiplyAdds) + 1e-11 * Double(layer.bytes)
  }

  /// In a network 1x1 convolutions take longer, depthwise ones less, and each layer a little more.
  private func together(_ layers: [Layer]) -> Double {
    layers.reduce(0) { sum, layer in
      let isConvolution = layer.inputs.count > 1 && layer.inputs[1].count == 4
      let isDepthwise = isConvolution && layer.inputs[1][2] < layer.inputs[0][3]
      let factor = !isConvolution ? 1 : isDepthwise ? 0.8 : 1.3
      return sum + factor * alone(layer) + 0.5e-6
    }
  }

  private func table(
    _ space: any NetworkSpace, examples: Int, without: (Int) -> Bool = { _ in false }
  ) throws -> LatencyTable {
    var table = LatencyTable(
      of: .init(
        device: Self.device, version: "1", kernels: "", tuning: "", space: space.yaml, batch: 1),
      date: "2026-01-01")
    let layers = try LayerSurvey(space, batch: 1).layers
    table.layers = layers.enumerated().filter { !without($0.offset) }.map {
      .init($0.element, seconds: alone($0.element))
    }
    table.examples = try space.randomArchitectures(examples, seed: 1).map {
      .init(
        architecture: space.text(of: $0), seconds: together(try space.layers(of: $0, batch: 1)))
    }
    return table
  }

  private func errors(
    _ table: LatencyTable, _ space: any NetworkSpace, truth: ([Layer]) -> Double
  ) throws -> [Double] {
    let predictor = try LatencyPredictor(table, for: space, path: "t.json")
    let known = try table.examples.map { try space.architecture(text: $0.architecture) }
    return try space.randomArchitectures(60, seed: 2, besides: known).map {
      let seconds = truth(try space.layers(of: $0, batch: 1))
      return abs(try predictor.seconds(of: $0, batch: 1) - seconds) / seconds
    }
  }

  @Test func withoutExamplesItIsTheSum() throws {
    let space = try TinySpaces.elastic.space()
    let found = try errors(try table(space, examples: 0), space) { $0.reduce(0) { $0 + alone($1) } }
    #expect(found.allSatisfy { $0 < 1e-9 })
  }

  @Test(arguments: [TinySpaces.elastic, TinySpaces.chain, TinySpaces.nasbench201])
  func learnsWhatLayersDoTogether(_ entry: TinySpaces.Entry) throws {
    let space = try entry.space()
    let plain = try errors(try table(space, examples: 0), space, truth: together)
    let fitted = try errors(try table(space, examples: 60), space, truth: together)
    #expect(fitted.allSatisfy { $0 < 0.05 }, "\(fitted.max() ?? 0)")
    let (sum, plainSum): (Double, Double) = (fitted.reduce(0, +), plain.reduce(0, +))
    #expect(sum < 0.2 * plainSum)
  }

  @Test func layersThatWereNotMeasuredAreGuessed() throws {
    let space = try TinySpaces.elastic.space()
    let partial = try table(space, examples: 60) { $0 % 5 == 4 }
    let found = try errors(partial, space, truth: together)
    #expect(found.allSatisfy { $0 < 0.25 }, "\(found.max() ?? 0)")
  }

  @Test func anotherBatchIsRefused() throws {
    let space = try TinySpaces.elastic.space()
    let predictor = try LatencyPredictor(
      try table(space, examples: 0), for: space, path: "t.json")
    #expect(throws: ConfigurationError.self) {
      try predictor.require(try #require(CostMetric.OnDevice("latency.t@2")))
    }
    #expect(throws: ConfigurationError.self) {
      try predictor.require(try #require(CostMetric.OnDevice("energy.t")))
    }
    try predictor.require(try #require(CostMetric.OnDevice("latency.t")))
  }

  @Test func accuracyCountsErrors() {
    let accuracy = PredictionAccuracy(predicted: [1, 2.18, 3.5, 4], measured: [1, 2, 3, 4.1])
    #expect(accuracy.within5Percent == 0.5 && accuracy.within10Percent == 0.75)
    #expect(accuracy.kendallTau == 1 && accuracy.subnets == 4)
  }
}
