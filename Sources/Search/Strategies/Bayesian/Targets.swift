#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The numbers a surrogate learns: scores of the loss, and standardised slacks.
struct Targets {
  /// The indices of the trials that are settled.
  let known: [Int]
  /// `[target][known trial]`: the loss, then each constraint's slack.
  private(set) var values: [[Double]]
  /// The largest value of each constraint's target that is allowed.
  private(set) var limits: [Double] = []
  /// The least loss of a feasible trial; `nil` where there is none.
  let incumbent: Double?

  private static let chebyshevPart = 0.05

  init(_ observations: Observations, using generator: inout SeededGenerator) {
    let known = observations.points.indices.filter { !observations.losses[0][$0].isNaN }
    self.known = known
    let losses = observations.losses.map { losses in known.map { losses[$0] } }
    let scalar =
      losses.count == 1 ? losses[0] : Self.scalarised(losses, using: &generator)
    let scores = NormalDistribution.scores(scalar)
    values = [scores]
    var isFeasible = scalar.map(\.isFinite)
    for slacks in observations.slacks {
      let own = known.map { slacks[$0] }
      for index in own.indices where !(own[index] <= 0) { isFeasible[index] = false }
      let worst = own.filter(\.isFinite).max() ?? 1
      let finite = own.map { $0.isFinite ? $0 : worst }
      let mean = finite.reduce(0, +) / Double(max(finite.count, 1))
      let square = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = max((square / Double(max(finite.count, 1))).squareRoot(), 1e-12)
      values.append(finite.map { ($0 - mean) / deviation })
      limits.append(-mean / deviation)
    }
    incumbent = scores.indices.filter { isFeasible[$0] }.map { scores[$0] }.min()
  }

  /// Several losses as one, with random weights: another part of the front at each proposal.
  ///
  /// Source: Knowles 2006, "ParEGO", equation 2 (augmented Chebyshev); here of ranks in 0...1.
  private static func scalarised(
    _ losses: [[Double]], using generator: inout SeededGenerator
  ) -> [Double] {
    let draws = losses.map { _ in -log(1 - generator.unit()) }
    let total = draws.reduce(0, +)
    var largest = losses[0].map { _ in 0.0 }
    var sums = largest
    for (draw, losses) in zip(draws, losses) {
      for (index, score) in NormalDistribution.scores(losses).enumerated() {
        let part = draw / total * NormalDistribution.cumulative(score)
        largest[index] = max(largest[index], part)
        sums[index] += part
      }
    }
    let isFailed = losses[0].indices.map { index in
      losses.contains { !$0[index].isFinite }
    }
    return largest.indices.map {
      isFailed[$0] ? .infinity : largest[$0] + chebyshevPart * sums[$0]
    }
  }
}
