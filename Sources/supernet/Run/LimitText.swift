import Export
import Search

/// Limits as they are written on the command line and in a run's configuration: `latency.cpu=5ms`.
enum LimitText {
  static let form = "give METRIC=VALUE, such as parameters=1e6 or latency.cpu=5ms"

  /// The most that a metric may be, or the least accuracy; nil where the text says none.
  static func constraint(_ text: String) -> Constraint? {
    let (metric, value) = halves(text)
    guard let limit = value.flatMap(number), limit.isFinite else { return nil }
    // Accuracies are fractions or a table's per cents.
    return metric == SubnetSearch.accuracyMetric
      ? Constraint(metric, atLeast: limit) : Constraint(metric, atMost: limit)
  }

  /// What lies before and after the first `=`.
  static func halves(_ text: String) -> (String, String?) {
    guard let equals = text.firstIndex(of: "=") else { return (text, nil) }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  /// What is wrong with a metric of a goal in a run; nil where it is known there.
  static func complaint(aboutMetric metric: String) -> String? {
    metric == SubnetSearch.accuracyMetric || CostMetric.contains(metric)
      ? nil : "no metric is named \"\(metric)\": there are top1, \(CostMetric.names)"
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
}
