import Operators
import Search
import Supernets
import TensorFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Measures a latency table on a device, saving it as it grows; goes on with one that was begun.
///
/// First the layers, the most frequent first, then whole subnets for the predictor to be fitted to,
/// then others that it has never seen, to tell how well it foretells. Each has its part of the budget.
public final class LatencyTableBuilder {
  /// What is measured next, and how far it is.
  public enum Phase: String, Sendable { case layers, examples, heldOut = "held-out subnets" }

  public private(set) var table: LatencyTable
  private let path: String
  private let space: any NetworkSpace
  private let device: any Device
  private let budget: Double
  private let heldOutCount: Int
  private let procedures: (layers: LatencyProcedure, subnets: LatencyProcedure)

  private static let exampleCount = 100
  /// Parts of the budget that are spent when the next phase begins.
  private static let endOfLayers = 0.6
  private static let endOfExamples = 0.75

  /// Layers are many and short; a subnet's time is what the predictor is fitted to.
  public static let procedures = {
    var layers = LatencyProcedure(timeLimit: .milliseconds(400))
    layers.sampleLength = .milliseconds(2)
    return (layers: layers, subnets: LatencyProcedure(timeLimit: .milliseconds(800)))
  }()

  /// - Parameters:
  ///   - origin: refused if the file holds a table of something else.
  ///   - budget: seconds of measuring in all, those of earlier sittings included.
  public init(
    _ origin: LatencyTable.Origin, of space: any NetworkSpace, on device: any Device,
    path: String, budget: Double = 600, heldOut: Int = 200,
    procedures: (layers: LatencyProcedure, subnets: LatencyProcedure) = procedures
  ) throws {
    self.procedures = procedures
    self.path = path
    self.space = space
    self.device = device
    self.budget = budget
    heldOutCount = heldOut
    guard FileReader.exists(path) else {
      table = LatencyTable(of: origin, date: Self.today)
      return
    }
    table = try LatencyTable(readingFrom: path)
    try table.require(origin, path: path)
  }

  private static var today: String {
    Date.now.formatted(.iso8601.year().month().day())
  }

  /// Goes on until the table is whole, the budget is spent, or it is interrupted.
  ///
  /// - Parameter progress: told the phase, and how much of it is done.
  public func run(
    isInterrupted: () -> Bool = { false },
    progress: (_ phase: Phase, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws {
    let survey = try LayerSurvey(space, batch: table.origin.batch).layers
    table.layerCount = survey.count
    let known = Set(table.layers.map(\.configuration))
    let unknown = survey.filter { !known.contains($0.configuration) }
    let timer = LayerTimer(on: device, procedure: procedures.layers)
    try inGroups(of: 32, unknown, until: Self.endOfLayers, isInterrupted) { group in
      progress(.layers, table.layers.count, survey.count)
      for (layer, measurement) in zip(group, try timer.measurements(of: group)) {
        table.layers.append(.init(layer, seconds: measurement.samples.median))
      }
    }
    try measureSubnets(isInterrupted, progress)
    guard !table.heldOut.isEmpty else { return }
    try judge()
    try save()
  }

  private func measureSubnets(
    _ isInterrupted: () -> Bool, _ progress: (_ phase: Phase, _ done: Int, _ total: Int) -> Void
  ) throws {
    let timer = LatencyTimer(
      try Supernet(space, on: device, seed: 1), procedure: procedures.subnets)
    // Drawn again in the same order by whoever goes on.
    let examples = space.randomArchitectures(Self.exampleCount, seed: 1, stream: -12)
    let heldOut = space.randomArchitectures(heldOutCount, seed: 2, stream: -13, besides: examples)
    func measured(_ group: [Architecture]) throws -> [LatencyTable.Subnet] {
      zip(group, try timer.latencies(of: group, batch: table.origin.batch)).map {
        .init(architecture: space.text(of: $0), seconds: $1.medianSeconds)
      }
    }
    let begun = Set(table.examples.map(\.architecture))
    try inGroups(
      of: 25, examples.filter { !begun.contains(space.text(of: $0)) }, until: Self.endOfExamples,
      isInterrupted
    ) { group in
      progress(.examples, table.examples.count, examples.count)
      table.examples += try measured(group)
    }
    let seen = Set(table.heldOut.map(\.architecture))
    try inGroups(
      of: 25, heldOut.filter { !seen.contains(space.text(of: $0)) }, until: 1, isInterrupted
    ) { group in
      progress(.heldOut, table.heldOut.count, heldOut.count)
      table.heldOut += try measured(group)
    }
  }

  /// What the predictor says of subnets that it was not fitted to.
  private func judge() throws {
    let predictor = try LatencyPredictor(table, for: space, path: path)
    for index in table.heldOut.indices {
      let architecture = try space.architecture(text: table.heldOut[index].architecture)
      table.heldOut[index].predictedSeconds = try predictor.seconds(
        of: architecture, batch: table.origin.batch)
    }
    table.accuracy = PredictionAccuracy(
      predicted: table.heldOut.compactMap(\.predictedSeconds),
      measured: table.heldOut.map(\.seconds))
  }

  private func inGroups<Item>(
    of size: Int, _ items: [Item], until part: Double, _ isInterrupted: () -> Bool,
    _ measure: ([Item]) throws -> Void
  ) throws {
    var left = items[...]
    while !left.isEmpty, !isInterrupted(), table.spentSeconds < part * budget {
      let start = ContinuousClock.now
      try measure(Array(left.prefix(size)))
      left.removeFirst(min(size, left.count))
      table.spentSeconds += (ContinuousClock.now - start).seconds
      try save()
    }
  }

  private func save() throws {
    table.date = Self.today
    try table.write(to: path)
  }
}
