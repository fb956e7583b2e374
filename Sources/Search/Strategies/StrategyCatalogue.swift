/// Every strategy by name: a new one is its file and a line here.
public enum StrategyCatalogue {
  public static let entries: [StrategyEntry] = [
    .init("random", "draws every candidate at random") { RandomSearch(seed: $0) },
    .init("evolution", "mutates winners among the last trials (regularized evolution)") {
      RegularizedEvolution(seed: $0)
    },
    .init("coarse-to-fine", "a coarse grid, then mutation around the best (BigNAS)") {
      CoarseToFine(seed: $0)
    },
  ]

  /// The entry of that name, or a `SearchError` that lists the names there are.
  public static func entry(named name: String) throws -> StrategyEntry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw SearchError(
        "no strategy is named \"\(name)\": choose one of "
          + entries.map(\.name).joined(separator: ", "))
    }
    return entry
  }
}

/// One line of the catalogue: what a strategy is called, what it does, how it is made.
public struct StrategyEntry: Sendable {
  public let name: String
  /// One line for the command line's help.
  public let summary: String
  /// Makes the strategy with its default parameters from a seed.
  public let make: @Sendable (UInt64) -> any SearchStrategy

  public init(
    _ name: String, _ summary: String,
    make: @escaping @Sendable (_ seed: UInt64) -> any SearchStrategy
  ) {
    self.name = name
    self.summary = summary
    self.make = make
  }
}
