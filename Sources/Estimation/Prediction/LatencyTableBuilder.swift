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
/// First the layers, the most frequent first; then whole subnets, some for the predictor to be fitted
/// to, the others, which it never sees, to tell how well it foretells. Both kinds are mixed, so that a
/// machine that gets slower on the way does so for both.
public final class LatencyTableBuilder {
  /// What is measured next, and how far it is.
  public enum Phase: String, Sendable { case layers, subnets }

  public private(set) var table: LatencyTable
  private let path: String
  private let space: any NetworkSpace
  private let device: any Device
  private let budget: Double
  private let heldOutCount: Int
  private let procedures: (layers: LatencyProcedure, subnets: LatencyProcedure)

  private static let exampleCount = 100
  /// The part of the budget that layers may take.
  private static let endOfLayers = 0.6

  /// Layers are many and short; a subnet's time is what the predictor is fitted to.
  public static let procedures = {
    var layers = LatencyProcedure(timeLimit: .milliseconds(400))
    layers.sampleLength = .milliseconds(2)
    return (layers: layers, subnets: LatencyProcedure(timeLimit: .milliseconds(800)))
  }()

  /// - Parameters:
  ///   - origin: refused if the file holds a table of something else.
  ///   - space: whose layers and subnets are measured.
  ///   - device: to measure on.
  ///   - path: the file to keep the table in.
  ///   - budget: seconds of measuring in all, those of earlier sittings included.
  ///   - heldOut: subnets that only judge the predictor.
  ///   - procedures: how layers and whole subnets are measured.
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
  /// - Parameters:
  ///   - isInterrupted: asked often; the table is kept as it is then.
  ///   - progress: told the phase, and how much of it is done.
  public func run(
    isInterrupted: () -> Bool = { false },
    progress: (_ phase: Phase, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws {
    let survey = try LayerSurvey(space, batch: table.origin.batch).layers
    table.layerCount = survey.count
    let known = Set(table.layers.map(\.configuration))
    let unknown = survey.filter { !known.contains($0.configuration) }
    let timer = LayerTimer(on: device, procedure: procedures.layers)
    try inGroups(
      of: 32, unknown, until: Self.endOfLayers, each: procedures.layers.timeLimit, isInterrupted
    ) { group in
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
    let begun = Set((table.examples + table.heldOut).map(\.architecture))
    let total = examples.count + heldOut.count
    let left = Self.mixed(examples, heldOut).filter {
      !begun.contains(space.text(of: $0.architecture))
    }
    try inGroups(
      of: 60, left, until: 1, each: procedures.subnets.timeLimit, isInterrupted
    ) { group in
      progress(.subnets, table.examples.count + table.heldOut.count, total)
      let latencies = try timer.latencies(
        of: group.map(\.architecture), batch: table.origin.batch)
      for (subnet, latency) in zip(group, latencies) {
        let measured = LatencyTable.Subnet(
          architecture: space.text(of: subnet.architecture), seconds: latency.medianSeconds)
        if subnet.isExample {
          table.examples.append(measured)
        } else {
          table.heldOut.append(measured)
        }
      }
    }
  }

  /// Each kind evenly among the other.
  private static func mixed(
    _ examples: [Architecture], _ heldOut: [Architecture]
  ) -> [(architecture: Architecture, isExample: Bool)] {
    func placed(
      _ list: [Architecture], _ isExample: Bool
    ) -> [(place: Double, architecture: Architecture, isExample: Bool)] {
      list.enumerated().map { ((Double($0) + 0.5) / Double(list.count), $1, isExample) }
    }
    return (placed(examples, true) + placed(heldOut, false)).sorted { $0.place < $1.place }
      .map { ($0.architecture, $0.isExample) }
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

  /// Measures items until a part of the budget is spent, as many at a time as it has room for; of the
  /// first each is expected to take `most`, then what those before took.
  private func inGroups<Item>(
    of size: Int, _ items: [Item], until part: Double, each most: Duration,
    _ isInterrupted: () -> Bool, _ measure: ([Item]) throws -> Void
  ) throws {
    var left = items[...]
    var cost = most.seconds
    while !left.isEmpty, !isInterrupted(), table.spentSeconds < part * budget {
      let room = (part * budget - table.spentSeconds) / cost
      let group = left.prefix(max(1, Int(min(room, Double(size)))))
      let start = ContinuousClock.now
      try measure(Array(group))
      let seconds = (ContinuousClock.now - start).seconds
      left.removeFirst(group.count)
      cost = seconds / Double(group.count)
      table.spentSeconds += seconds
      try save()
    }
  }

  private func save() throws {
    table.date = Self.today
    try table.write(to: path)
  }
}
