#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The choices tried so far as a tree: a node is a beginning of an architecture.
///
/// A node that one trial passed through holds it; where a second comes, both go a level down.
struct ChoiceTree: HistorySummary {
  private struct Node {
    var visits = 0
    var reward = 0.0
    /// Everything below was tried.
    var isClosed = false
    /// The only architecture so far below this node, where its level was not told apart yet.
    var guest: Architecture?
    /// The node of each option, by its place; 0, the root's, means none yet.
    var children: [Int32] = []
  }

  private let space: SearchSpace
  private let goal: SearchGoal
  private let exploration, wideningFactor, wideningPower: Double
  private let seed: UInt64
  private var nodes = [Node()]
  private var scale = RewardScale()

  init(_ strategy: MonteCarloTreeSearch, in space: SearchSpace, goal: SearchGoal) {
    self.space = space
    self.goal = goal
    seed = strategy.seed
    exploration = strategy.exploration
    wideningFactor = strategy.wideningFactor
    wideningPower = strategy.wideningPower
  }

  mutating func take(_ trial: Trial) {
    guard trial.fidelity == 1 else { return }
    // A pending trial is a visit that has brought nothing yet: a virtual loss.
    visit(
      trial.architecture,
      reward: trial.state == .pending ? 0 : scale.reward(goal.rank(trial)))
  }

  /// Adds a reward to every node on the way to an architecture.
  mutating func visit(_ architecture: Architecture, reward: Double) {
    let choices = architecture.choices
    var path = [0]
    for dimension in choices.indices where space.isActive(dimension, given: choices) {
      let node = path[path.count - 1]
      if nodes[node].visits == 0 {
        nodes[node].guest = architecture
        break
      }
      if nodes[node].children.isEmpty {
        nodes[node].children = space.dimensions[dimension].options.map { _ in 0 }
      }
      if let guest = nodes[node].guest {
        // The guest is the node's only visit, so all of the node's reward is its.
        let below = child(of: node, for: guest, at: dimension)
        (nodes[below].visits, nodes[below].reward) = (nodes[node].visits, nodes[node].reward)
        if !nodes[below].isClosed { nodes[below].guest = guest }
        nodes[node].guest = nil
      }
      path.append(child(of: node, for: architecture, at: dimension))
    }
    for node in path {
      nodes[node].visits += 1
      nodes[node].reward += reward
    }
    close(path)
  }

  /// The node of an architecture's choice, made where there is none; closed if nothing is below.
  private mutating func child(
    of node: Int, for architecture: Architecture, at dimension: Int
  ) -> Int {
    let choices = architecture.choices
    let known = Int(nodes[node].children[choices[dimension]])
    guard known == 0 else { return known }
    nodes[node].children[choices[dimension]] = Int32(nodes.count)
    nodes.append(Node())
    nodes[nodes.count - 1].isClosed = !choices.indices.dropFirst(dimension + 1).contains {
      space.isActive($0, given: choices)
    }
    return nodes.count - 1
  }

  /// Closes each node on a path of whose children none is missing or open, from below.
  private mutating func close(_ path: [Int]) {
    for node in path.reversed() where !nodes[node].isClosed {
      let children = nodes[node].children
      guard !children.isEmpty, children.allSatisfy({ $0 != 0 && nodes[Int($0)].isClosed }) else {
        return
      }
      nodes[node].isClosed = true
    }
  }

  /// Draws an architecture: by the tree as far as it goes, then at random.
  func descend(using generator: inout SeededGenerator) -> Architecture {
    var choices = space.dimensions.map { _ in 0 }
    var node: Int? = 0
    for dimension in choices.indices where space.isActive(dimension, given: choices) {
      let count = space.dimensions[dimension].options.count
      guard let place = node, !nodes[place].children.isEmpty,
        let option = option(below: place, of: count, using: &generator)
      else {
        node = nil
        choices[dimension] = generator.integer(below: count)
        continue
      }
      choices[dimension] = option
      let next = Int(nodes[place].children[option])
      node = next == 0 ? nil : next
    }
    return Architecture(choices)
  }

  /// A new option while the node may be wider, or else the one with the highest bound.
  private func option(
    below place: Int, of count: Int, using generator: inout SeededGenerator
  ) -> Int? {
    let node = nodes[place]
    let visits = Double(node.visits)
    let width = max(1, Int((wideningFactor * pow(visits, wideningPower)).rounded(.up)))
    let missing = node.children.indices.filter { node.children[$0] == 0 }
    if !missing.isEmpty, count - missing.count < width {
      return missing[generator.integer(below: missing.count)]
    }
    var best: (option: Int, bound: Double)?
    let logarithm = log(visits)
    for (option, child) in node.children.enumerated() where child != 0 {
      let child = nodes[Int(child)]
      guard !child.isClosed else { continue }
      let own = Double(child.visits)
      let bound = child.reward / own + exploration * (logarithm / own).squareRoot()
      if let best, best.bound >= bound { continue }
      best = (option, bound)
    }
    if let best { return best.option }
    return missing.isEmpty ? nil : missing[generator.integer(below: missing.count)]
  }
}
