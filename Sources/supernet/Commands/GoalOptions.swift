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
    let (metric, direction) = LimitText.halves(text)
    switch direction {
    case "max": return Objective(.maximise, metric)
    case "min": return Objective(.minimise, metric)
    case nil: return Objective(CostMetric.contains(metric) ? .minimise : .maximise, metric)
    default: throw ValidationError("--objective \(text): give METRIC, METRIC=max or METRIC=min")
    }
  }

  private static func constraint(_ text: String) throws -> Constraint {
    guard let constraint = LimitText.constraint(text) else {
      throw ValidationError("--limit \(text): \(LimitText.form)")
    }
    return constraint
  }
}
