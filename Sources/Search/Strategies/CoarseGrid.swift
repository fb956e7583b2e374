/// Dimensions that move together over a coarse grid, such as the depths of all stages.
public struct DimensionGroup: Sendable, Equatable {
  /// The names of the dimensions; at each level all take the option at that part of their range.
  public let dimensions: [String]
  /// How many options, evenly spread from first to last, the grid tries; 1 is the last option.
  public let levels: Int

  public init(_ dimensions: [String], levels: Int = 3) {
    precondition(levels > 0, "a group of \(dimensions) needs a level")
    self.dimensions = dimensions
    self.levels = levels
  }
}

/// The few architectures that a coarse search starts with.
struct CoarseGrid {
  /// The grid's canonical points, each once.
  let architectures: [Architecture]

  /// Makes at most `limit` points by taking levels from the groups that have most of them.
  ///
  /// The dimensions outside all groups keep the choice that `base` has.
  init(_ groups: [DimensionGroup], in space: SearchSpace, around base: [Int], limit: Int) {
    let members = groups.map { group in
      group.dimensions.map { name in
        guard let index = space.index(of: name) else {
          preconditionFailure("a group names \(name), which is no dimension of the space")
        }
        return index
      }
    }
    let widths = zip(groups, members).map { group, indices in
      min(group.levels, indices.map { space.dimensions[$0].options.count }.max() ?? 1)
    }
    let levels = Self.reduced(widths, toProduct: limit)
    var points: [Architecture] = []
    var seen: Set<Architecture> = []
    var position = levels.map { _ in 0 }
    repeat {
      var choices = base
      for (group, indices) in members.enumerated() {
        for index in indices {
          let last = space.dimensions[index].options.count - 1
          choices[index] = Self.option(position[group], of: levels[group], upTo: last)
        }
      }
      let point = space.canonical(Architecture(choices))
      if seen.insert(point).inserted { points.append(point) }
    } while Self.advance(&position, below: levels)
    architectures = points
  }

  /// The option at a level: the first at level 0, the last at the highest, rounded up between.
  private static func option(_ level: Int, of levels: Int, upTo last: Int) -> Int {
    guard levels > 1 else { return last }
    return (level * last + (levels - 1) / 2) / (levels - 1)
  }

  /// Lowers the largest number, the last of equals, until the product keeps to the limit.
  private static func reduced(_ widths: [Int], toProduct limit: Int) -> [Int] {
    var widths = widths
    while widths.reduce(1.0, { $0 * Double($1) }) > Double(max(limit, 1)) {
      guard let widest = widths.indices.max(by: { widths[$0] <= widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return widths
  }

  /// Counts up like an odometer, the last digit fastest; false once it is back at zero.
  private static func advance(_ position: inout [Int], below levels: [Int]) -> Bool {
    for index in position.indices.reversed() {
      position[index] += 1
      if position[index] < levels[index] { return true }
      position[index] = 0
    }
    return false
  }
}
