/// What evaluating a candidate is worth, by a surrogate, and the candidates worth most.
struct Acquisition {
  private let surrogate: any Surrogate
  private let targets: Targets
  private let space: SearchSpace

  /// Spaces up to this size are judged as a whole.
  private static let wholeLimit = 512.0
  /// One in so many candidates is drawn at random, the others are mutants of good trials.
  private static let randomPart = 3
  private static let climbLimit = 5

  init(_ surrogate: any Surrogate, _ targets: Targets, in space: SearchSpace) {
    self.surrogate = surrogate
    self.targets = targets
    self.space = space
  }

  /// Expected improvement times the chance to keep to every limit; before anything is feasible, the
  /// chance alone.
  func worth(_ architecture: Architecture) -> Double {
    let predictions = surrogate.predictions(at: space.point(architecture))
    var worth = 1.0
    for (limit, slack) in zip(targets.limits, predictions.dropFirst()) {
      worth *= NormalDistribution.cumulative((limit - slack.mean) / max(slack.deviation, 1e-6))
    }
    guard let incumbent = targets.incumbent else { return worth }
    return worth
      * NormalDistribution.expectedImprovement(
        below: incumbent, mean: predictions[0].mean, deviation: predictions[0].deviation)
  }

  /// Candidates that were never tried, best first.
  func ranking(
    after history: History, around parents: [Architecture], count: Int,
    using generator: inout SeededGenerator
  ) -> [Architecture] {
    var seen: Set<Architecture> = []
    var judged: [(architecture: Architecture, worth: Double)] = []
    func judge(_ architecture: Architecture) {
      guard !history.contains(Proposal(architecture)), seen.insert(architecture).inserted else {
        return
      }
      judged.append((architecture, worth(architecture)))
    }
    if space.count <= Self.wholeLimit {
      space.allArchitectures.forEach(judge)
    } else {
      for index in 0..<count {
        guard index % Self.randomPart > 0, !parents.isEmpty else {
          judge(space.random(using: &generator))
          continue
        }
        var child = parents[generator.integer(below: parents.count)]
        for _ in 0...generator.integer(below: 3) {
          child = space.mutated(child, using: &generator)
        }
        judge(child)
      }
      climb(judge) { judged.max { $0.worth < $1.worth } }
    }
    return judged.sorted { ($1.worth, $0.architecture) < ($0.worth, $1.architecture) }
      .map(\.architecture)
  }

  /// Judges the neighbours of the best candidate, and of what is best then, while it gets better.
  private func climb(
    _ judge: (Architecture) -> Void, best: () -> (architecture: Architecture, worth: Double)?
  ) {
    var place = best()
    for _ in 0..<Self.climbLimit {
      guard let from = place else { return }
      space.neighbours(from.architecture).forEach(judge)
      place = best()
      guard let place, place.worth > from.worth else { return }
    }
  }
}
