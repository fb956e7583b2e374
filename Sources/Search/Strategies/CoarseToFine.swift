/// Tries a coarse grid of few dimensions first, then mutates all of them around the best.
///
/// Source: Yu et al. 2020, "BigNAS" (arXiv 2003.11142), section 3.5: first the skeletons, by
/// resolution, depth, width and kernel of the whole network; then variations of the best ones.
public struct CoarseToFine: SearchStrategy {
  /// What the dimensions outside the grid take while it is tried.
  public enum Remainder: Sendable {
    case last, random
  }

  public let seed: UInt64
  /// What moves over the grid; `nil` means one group for each kind of dimension of the space.
  public let groups: [DimensionGroup]?
  public let remainder: Remainder
  /// The grid loses levels until it has at most this many points.
  public let gridLimit: Int
  /// How many of the best feasible trials are mutated.
  public let parentCount: Int
  /// The chance of each dimension to change in a mutation; at least one always does.
  public let mutationProbability: Double
  private let memo = HistoryMemo<Elite>()

  public init(
    seed: UInt64, groups: [DimensionGroup]? = nil, remainder: Remainder = .last,
    gridLimit: Int = 32, parentCount: Int = 5, mutationProbability: Double = 0.1
  ) {
    precondition(parentCount > 0, "\(parentCount) parents cannot have mutants")
    self.seed = seed
    self.groups = groups
    self.remainder = remainder
    self.gridLimit = gridLimit
    self.parentCount = parentCount
    self.mutationProbability = mutationProbability
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    for architecture in grid(of: request.space) where !batch.isFull {
      batch.offer(architecture)
    }
    guard !batch.isFull else { return batch.proposals }
    let start = { Elite(parentCount, by: request.goal) }
    let parents = memo.withSummary(of: request, from: start) { $0.parents }
    guard !parents.isEmpty else {
      batch.fillWithRandom()
      return batch.proposals
    }
    while !batch.isFull {
      let isFound = batch.addMutant(probability: mutationProbability) { generator in
        parents[generator.integer(below: parents.count)]
      }
      guard isFound else { break }
    }
    return batch.proposals
  }

  /// The grid in an order of the seed's own, so that a short budget sees all of its corners.
  func grid(of space: SearchSpace) -> [Architecture] {
    // No history has this length: the grid is the same at every call.
    var generator = SeededGenerator(seed: seed, stream: -1)
    let base = remainder == .last ? space.last : space.random(using: &generator)
    let grid = CoarseGrid(
      groups ?? Self.groups(byKindIn: space), in: space, around: base.choices, limit: gridLimit)
    return grid.architectures.shuffled(using: &generator)
  }

  /// One group for each kind of dimension: all depths, all widths, all kernels.
  public static func groups(byKindIn space: SearchSpace) -> [DimensionGroup] {
    var kinds: [Substring] = []
    for dimension in space.dimensions where !kinds.contains(dimension.kind) {
      kinds.append(dimension.kind)
    }
    return kinds.map { kind in
      DimensionGroup(space.dimensions.filter { $0.kind == kind }.map(\.name))
    }
  }
}
