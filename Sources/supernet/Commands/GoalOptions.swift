import ArgumentParser
import Export
import Search

/// What a search in a space is after.
struct GoalOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: """
      METRIC, or METRIC=max or METRIC=min, the main one first (what the estimator measures unless \
      given). Besides the estimator's there are \(CostMetric.names): of one image unless a batch \
      is given, in seconds and joules, less being better.
      """)
  var objective: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: """
      METRIC=VALUE, such as latency.cpu=5ms, latency.opencl:0@16=40ms, parameters=100k, \
      file-bytes=1MiB: the most that a metric may be; of accuracy (top1), the least. All hold at \
      once; what passes one that is known beforehand is not proposed.
      """)
  var limit: [String] = []

  var isEmpty: Bool { objective.isEmpty && limit.isEmpty }

  /// - Parameter metric: what the estimator measures.
  func goal(default metric: String) throws -> SearchGoal {
    let objectives = try objective.map(Self.objective)
    return SearchGoal(
      objectives.isEmpty ? [Objective(.maximise, metric)] : objectives,
      under: try limit.map(Self.constraint))
  }

  private static func objective(_ text: String) throws -> Objective {
    let (metric, direction) = halves(text)
    switch direction {
    case "max": return Objective(.maximise, metric)
    case "min": return Objective(.minimise, metric)
    case nil: return Objective(CostMetric.contains(metric) ? .minimise : .maximise, metric)
    default: throw ValidationError("--objective \(text): give METRIC, METRIC=max or METRIC=min")
    }
  }

  private static func constraint(_ text: String) throws -> Constraint {
    let (metric, value) = halves(text)
    guard let value, let limit = number(value), limit.isFinite else {
      throw ValidationError(
        "--limit \(text): give METRIC=VALUE, such as parameters=1e6 or latency.cpu=5ms")
    }
    // Accuracies are fractions or a table's per cents.
    return metric == SubnetSearch.accuracyMetric
      ? Constraint(metric, atLeast: limit) : Constraint(metric, atMost: limit)
  }

  private static let units: [(ending: String, factor: Double)] = [
    ("KiB", 1024), ("MiB", 1_048_576), ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("s", 1),
    ("mJ", 1e-3), ("J", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9),
  ]

  /// A number, with or without a unit: `0.005`, `5ms`, `1.5M`, `256KiB`.
  private static func number(_ text: String) -> Double? {
    if let plain = Double(text) { return plain }
    guard let unit = units.first(where: { text.hasSuffix($0.ending) }) else { return nil }
    return Double(text.dropLast(unit.ending.count)).map { $0 * unit.factor }
  }

  private static func halves(_ text: String) -> (String, String?) {
    guard let equals = text.firstIndex(of: "=") else { return (text, nil) }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
