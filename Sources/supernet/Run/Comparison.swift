import Charts
import Search
import Studies
import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What strategies found with the same budget: as a table, as lines of a file, as a figure.
struct Comparison {
  /// One strategy's searches, a curve for each seed.
  typealias Entry = (strategy: String, bundle: CurveBundle)

  let title: String
  let goal: SearchGoal
  let budget: Int
  let entries: [Entry]
  /// What each entry's searches had found after so many evaluations, where all had something.
  private let spreads: [[(count: Int, spread: CurveBundle.Spread)]]

  init(title: String, goal: SearchGoal, budget: Int, entries: [Entry]) {
    self.title = title
    self.goal = goal
    self.budget = budget
    self.entries = entries
    spreads = entries.map { entry in
      (1...budget).compactMap { count in
        entry.bundle.spread(afterEvaluations: Double(count)).map { (count, $0) }
      }
    }
  }

  struct Row: Encodable {
    struct Point: Encodable {
      var evaluations: Int
      var mean: Double
      var deviation: Double
    }

    var strategy: String
    var seeds: Int
    var points: [Point]
    /// The evaluations within which more than half of the searches had the best value of any.
    var medianEvaluationsToBest: Double?
    var secondsPerSearch: Double
  }

  /// A sixth, a third, two thirds and all of the budget.
  private var checkpoints: [Int] {
    Set([budget / 6, budget / 3, budget * 2 / 3, budget]).filter { $0 > 0 }.sorted()
  }

  private var isMaximised: Bool { goal.objective.direction == .maximise }

  /// The best value that any search found.
  private var best: Double? {
    let all = entries.flatMap { $0.bundle.curves.compactMap { $0.steps.last?.best } }
    return isMaximised ? all.max() : all.min()
  }

  var rows: [Row] {
    zip(entries, spreads).map { entry, spreads in
      let times = entry.bundle.curves.compactMap { $0.steps.last?.seconds }
      return Row(
        strategy: entry.strategy, seeds: entry.bundle.curves.count,
        points: spreads.filter { checkpoints.contains($0.count) }.map {
          .init(evaluations: $0.count, mean: $0.spread.mean, deviation: $0.spread.deviation)
        },
        medianEvaluationsToBest: best.flatMap {
          entry.bundle.medianEvaluations(reaching: $0, maximising: isMaximised)
        },
        secondsPerSearch: times.reduce(0, +) / Double(max(1, times.count)))
    }
  }

  /// For people: mean and standard deviation at each checkpoint.
  var text: String {
    let found = best.map(Readable.significant) ?? "-"
    var table = Table(
      ["strategy", "seeds"] + checkpoints.map { "after \($0)" } + ["median to \(found)", "time"])
    for row in rows {
      let points = checkpoints.map { count in
        row.points.first { $0.evaluations == count }.map {
          "\(Readable.fixed($0.mean, digits)) ± \(Readable.fixed($0.deviation, digits))"
        } ?? "-"
      }
      table.rows.append(
        [row.strategy, "\(row.seeds)"] + points + [
          row.medianEvaluationsToBest.map { Readable.fixed($0, 0) } ?? "-",
          Readable.span(row.secondsPerSearch),
        ])
    }
    return table.text
  }

  /// Digits that tell the values apart.
  private var digits: Int {
    let size = abs(best ?? 1)
    return size >= 1000 ? 0 : size >= 10 ? 2 : 4
  }

  /// A line for each strategy and number of evaluations.
  var csv: String {
    var lines = [["strategy", "seeds", "evaluations", "mean", "deviation"]]
    for (entry, spreads) in zip(entries, spreads) {
      for (count, spread) in spreads {
        lines.append([
          entry.strategy, "\(entry.bundle.curves.count)", "\(count)", "\(spread.mean)",
          "\(spread.deviation)",
        ])
      }
    }
    return CSV.text(lines)
  }

  /// The best value against evaluations, and against seconds.
  var figure: Figure? {
    let byEvaluations = zip(entries, spreads).map { entry, spreads in
      LineChart.Series(
        entry.strategy,
        spreads.map { .init(x: Double($0.count), y: $0.spread.mean, spread: $0.spread.deviation) })
    }
    let bySeconds = entries.map { LineChart.Series($0.strategy, Self.overTime($0.bundle)) }
    let times = bySeconds.flatMap { $0.points.map(\.x) }
    guard let range = valueRange(byEvaluations), let first = times.min(), let last = times.max()
    else { return nil }
    let y = Axis("best \(goal.objective.metric)", over: range)
    return Figure(
      title,
      [
        LineChart(x: Axis("evaluations", over: 0...Double(budget)), y: y, byEvaluations),
        LineChart(
          x: Axis("seconds of proposing and evaluating", over: first...last, scale: .logarithmic),
          y: y, bySeconds),
      ])
  }

  /// Points that lie evenly on a logarithmic axis.
  private static func overTime(_ bundle: CurveBundle) -> [LineChart.Point] {
    guard let range = bundle.secondsRange else { return [] }
    let (low, high) = (max(range.lowerBound, 1e-9), max(range.upperBound, 1e-9))
    let count = 160
    return (0...count).compactMap { step in
      let x = step == count ? high : low * pow(high / low, Double(step) / Double(count))
      return bundle.spread(afterSeconds: x).map { .init(x: x, y: $0.mean, spread: $0.deviation) }
    }
  }

  /// From where the strategies stand after a tenth of the budget to the best: the first draws are
  /// far below, and would press together what is to be told apart.
  private func valueRange(_ series: [LineChart.Series]) -> ClosedRange<Double>? {
    let later = series.compactMap { series in
      series.points.first { $0.x >= Double(budget) / 10 }?.y
    }
    guard let best, let worst = isMaximised ? later.min() : later.max() else { return nil }
    let margin = 0.04 * abs(best - worst)
    return min(worst, best) - margin...max(worst, best) + margin
  }
}
