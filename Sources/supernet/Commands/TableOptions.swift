import ArgumentParser
import Export

/// Devices elsewhere, by what was measured there.
struct TableOptions: ParsableArguments {
  @Option(
    name: .customLong("latency-table"), parsing: .singleValue,
    help: """
      A latency table (`supernet time --table`): NAME.json's device takes part as NAME; may be \
      repeated.
      """)
  var latencyTables: [String] = []

  /// The tables' devices by name, each with what foretells a space's latencies there.
  static func predictors(
    _ paths: [String], for space: any NetworkSpace
  ) throws -> [(name: String, predictor: LatencyPredictor)] {
    try paths.map { path in
      let table = try LatencyTable(readingFrom: path)
      return (name(of: path), try LatencyPredictor(table, for: space, path: path))
    }
  }

  /// `phone` of `tables/phone.json`.
  static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".json") ? String(file.dropLast(5)) : file
  }
}
