import Export
import Search

/// The names that `strategy` takes.
enum StrategyNames {
  static var all: [String] { StrategyCatalogue.entries.map(\.name) }

  /// A line for each name, with what it means, for a help text.
  static var explained: String {
    StrategyCatalogue.entries.map { "\($0.name): \($0.summary)" }.joined(separator: "\n")
  }

  /// The name, if there is such a strategy.
  static func check(_ name: String) throws -> String {
    try StrategyCatalogue.entry(named: name).name
  }
}

/// The names that `--estimator` takes.
enum EstimatorNames {
  static var explained: String {
    EstimatorCatalogue.entries.map { "\($0.name): \($0.summary)" }.joined(separator: "\n")
  }
}
