import ArgumentParser
import Export
import Search

/// What a search in a space is after.
struct GoalOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: """
      METRIC, or METRIC=max or METRIC=min, the main one first (what the estimator measures unless \
      given). Besides the estimator's there are multiply-adds, parameters, peak-bytes and \
      latency.DEVICE in seconds, all of one image, less being better.
      """)
  var objective: [String] = []
  @Option(
    parsing: .upToNextOption, help: "METRIC=VALUE: what it may be at most; more are not proposed.")
  var limit: [String] = []

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
    guard let value, let limit = Double(value), limit.isFinite else {
      throw ValidationError("--limit \(text): give METRIC=VALUE, such as parameters=1e6")
    }
    return Constraint(metric, atMost: limit)
  }

  private static func halves(_ text: String) -> (String, String?) {
    guard let equals = text.firstIndex(of: "=") else { return (text, nil) }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}
