/// A binary tree of thresholds whose leaves hold means (Breiman and others 1984).
public struct RegressionTree: Sendable {
  public struct Limits: Sendable {
    public var depth: Int
    /// Examples of a leaf.
    public var leafSize: Int
    /// Columns tried at each split; `nil` for all.
    public var columnsTried: Int?

    public init(depth: Int, leafSize: Int = 1, columnsTried: Int? = nil) {
      self.depth = depth
      self.leafSize = leafSize
      self.columnsTried = columnsTried
    }
  }

  private enum Node: Sendable {
    case leaf(Double)
    /// Columns at most the threshold go to `low`, the others to `high`.
    case split(column: Int, threshold: Double, low: Int, high: Int)
  }

  private var nodes: [Node] = []

  /// Grows a tree on the given rows of the examples (a bootstrap sample may repeat them).
  public init(
    _ inputs: [[Double]], _ targets: [Double], rows: [Int], limits: Limits,
    using generator: inout SeededGenerator
  ) {
    precondition(!rows.isEmpty, "a tree of no rows")
    _ = grow(inputs, targets, rows, depth: limits.depth, limits, &generator)
  }

  public func callAsFunction(_ input: [Double]) -> Double {
    var at = 0
    while true {
      switch nodes[at] {
      case .leaf(let mean): return mean
      case .split(let column, let threshold, let low, let high):
        at = input[column] <= threshold ? low : high
      }
    }
  }

  private mutating func grow(
    _ inputs: [[Double]], _ targets: [Double], _ rows: [Int], depth: Int, _ limits: Limits,
    _ generator: inout SeededGenerator
  ) -> Int {
    let place = nodes.count
    nodes.append(.leaf(rows.reduce(0) { $0 + targets[$1] } / Double(rows.count)))
    guard depth > 0, rows.count >= 2 * limits.leafSize,
      let split = bestSplit(inputs, targets, rows, limits, &generator)
    else { return place }
    let low = rows.filter { inputs[$0][split.column] <= split.threshold }
    let high = rows.filter { inputs[$0][split.column] > split.threshold }
    let lowPlace = grow(inputs, targets, low, depth: depth - 1, limits, &generator)
    let highPlace = grow(inputs, targets, high, depth: depth - 1, limits, &generator)
    nodes[place] = .split(
      column: split.column, threshold: split.threshold, low: lowPlace, high: highPlace)
    return place
  }

  /// The split that leaves the least squared error, if any leaves less.
  private func bestSplit(
    _ inputs: [[Double]], _ targets: [Double], _ rows: [Int], _ limits: Limits,
    _ generator: inout SeededGenerator
  ) -> (column: Int, threshold: Double)? {
    let width = inputs[rows[0]].count
    var columns = Array(0..<width)
    if let tried = limits.columnsTried, tried < width {
      columns.shuffle(using: &generator)
      columns.removeLast(width - max(tried, 1))
    }
    let total = rows.reduce(0) { $0 + targets[$1] }
    let count = Double(rows.count)
    // Less squared error is more of sum^2/n on both sides together.
    var best: (gain: Double, column: Int, threshold: Double)?
    for column in columns {
      var points = rows.map { (x: inputs[$0][column], y: targets[$0]) }
      let first = points[0].x
      guard points.contains(where: { $0.x != first }) else { continue }
      points.sort { $0.x < $1.x }
      var sum = 0.0
      for i in 0..<points.count - 1 {
        sum += points[i].y
        guard points[i].x < points[i + 1].x, i + 1 >= limits.leafSize,
          points.count - i - 1 >= limits.leafSize
        else { continue }
        let n = Double(i + 1)
        let gain = sum * sum / n + (total - sum) * (total - sum) / (count - n)
        if gain > best?.gain ?? (total * total / count + 1e-12) {
          best = (gain, column, (points[i].x + points[i + 1].x) / 2)
        }
      }
    }
    return best.map { ($0.column, $0.threshold) }
  }
}
