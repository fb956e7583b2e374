/// A tree of questions about single dimensions, grown until its leaves agree.
///
/// Source: Geurts, Ernst and Wehenkel 2006, "Extremely randomized trees": the best of a few random
/// questions at each node, no resampling.
struct RandomizedTree: Sendable {
  private struct Question {
    let dimension: Int
    let option: Int
    /// Asks for just this option, or else for one not behind it in the list.
    let isEquality: Bool

    func isYes(_ choice: Int) -> Bool { isEquality ? choice == option : choice <= option }
  }

  private struct Node {
    var value = 0.0
    /// Where the answer is yes, `child` is next, else the node after it; a leaf asks nothing.
    var question: Question?
    var child = 0
  }

  private var nodes: [Node] = [Node()]

  private static let questions = 12

  /// - Parameter columns: `[dimension][point]`.
  init(_ columns: [[Int]], _ values: [Double], using generator: inout SeededGenerator) {
    var indices = Array(values.indices)
    var open = [(node: 0, range: indices.indices)]
    while let (node, range) = open.popLast() {
      nodes[node].value = range.reduce(0) { $0 + values[indices[$1]] } / Double(range.count)
      let own = indices[range]
      guard let question = Self.question(columns, values, own, using: &generator) else { continue }
      let column = columns[question.dimension]
      let middle = indices[range].partition { !question.isYes(column[$0]) }
      (nodes[node].question, nodes[node].child) = (question, nodes.count)
      open.append((nodes.count, range.lowerBound..<middle))
      open.append((nodes.count + 1, middle..<range.upperBound))
      nodes += [Node(), Node()]
    }
  }

  /// The one of a few random questions that leaves the least squares; `nil` makes a leaf.
  private static func question(
    _ columns: [[Int]], _ values: [Double], _ indices: ArraySlice<Int>,
    using generator: inout SeededGenerator
  ) -> Question? {
    guard let first = indices.first, indices.contains(where: { values[$0] != values[first] }) else {
      return nil
    }
    let total = indices.reduce(0) { $0 + values[$1] }
    var best: (question: Question, gain: Double)?
    for _ in 0..<Self.questions {
      let dimension = generator.integer(below: columns.count)
      let column = columns[dimension]
      let example = indices[indices.startIndex + generator.integer(below: indices.count)]
      let question = Question(
        dimension: dimension, option: column[example], isEquality: generator.next() >> 63 == 0)
      var (count, sum) = (0, 0.0)
      for index in indices where question.isYes(column[index]) {
        count += 1
        sum += values[index]
      }
      guard count > 0, count < indices.count else { continue }
      // Less squares are left where the sums' own squares are greater.
      let rest = total - sum
      let gain = sum * sum / Double(count) + rest * rest / Double(indices.count - count)
      if let best, best.gain >= gain { continue }
      best = (question, gain)
    }
    return best?.question
  }

  func value(at point: [Int]) -> Double {
    var node = 0
    while let question = nodes[node].question {
      node = nodes[node].child + (question.isYes(point[question.dimension]) ? 0 : 1)
    }
    return nodes[node].value
  }
}

/// Many trees, whose disagreement is the doubt.
struct RandomizedTrees: Sendable {
  private let trees: [RandomizedTree]

  init(
    _ points: [[Int]], _ values: [Double], count: Int = 40, using generator: inout SeededGenerator
  ) {
    let columns = points[0].indices.map { dimension in points.map { $0[dimension] } }
    trees = (0..<count).map { _ in RandomizedTree(columns, values, using: &generator) }
  }

  func prediction(at point: [Int]) -> (mean: Double, deviation: Double) {
    var (sum, squares) = (0.0, 0.0)
    for tree in trees {
      let value = tree.value(at: point)
      (sum, squares) = (sum + value, squares + value * value)
    }
    let mean = sum / Double(trees.count)
    return (mean, max(squares / Double(trees.count) - mean * mean, 0).squareRoot())
  }
}
