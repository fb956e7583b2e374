import Search

/// The names that `strategy` takes.
enum StrategyNames {
  static var all: [String] { StrategyCatalogue.entries.map(\.name) }

  /// The name, if there is such a strategy.
  static func check(_ name: String) throws -> String {
    try StrategyCatalogue.entry(named: name).name
  }
}
