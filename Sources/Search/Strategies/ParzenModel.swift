/// Where good trials lie, against where the others do: kernel densities over the options.
///
/// Source: Falkner, Klein and Hutter 2018, "BOHB" (arXiv 1807.01774), section 4: a density of the
/// best and one of the others, of the highest fidelity that has enough trials; what is drawn from
/// the first and maximises their ratio is proposed. The kernel of a choice is that of Aitchison and
/// Aitken 1976.
struct ParzenModel: HistorySummary {
  let goal: SearchGoal
  /// The trials of each fidelity, best first.
  private var trials: [Double: [Elite.Member]] = [:]

  /// One in so many draws is left to chance.
  private static let randomPart = 3
  private static let goodPart = 0.15
  private static let draws = 24
  /// The weight that a kernel leaves to all other options together.
  private static let bandwidth = 0.2
  /// More do not make a density better, only slower.
  private static let sampleLimit = 64

  init(goal: SearchGoal) { self.goal = goal }

  mutating func take(_ trial: Trial) {
    guard let rank = goal.rankAtItsFidelity(trial) else { return }
    let place = trials[trial.fidelity]?.partitionPoint { rank < $0.rank } ?? 0
    trials[trial.fidelity, default: []].insert((trial.architecture, rank), at: place)
  }

  /// Draws from the good and takes the most promising; `nil` means that chance should choose.
  func draw(in space: SearchSpace, using generator: inout SeededGenerator) -> Architecture? {
    let enough = 2 * (space.dimensions.count + 2)
    guard generator.integer(below: Self.randomPart) > 0,
      let fidelity = trials.keys.filter({ (trials[$0]?.count ?? 0) >= enough }).max(),
      let sorted = trials[fidelity]
    else { return nil }
    let goodCount = max(
      space.dimensions.count + 1, Int(Self.goodPart * Double(sorted.count)))
    let good = sorted.prefix(min(goodCount, Self.sampleLimit)).map(\.architecture)
    let others = sorted.dropFirst(goodCount)
    let step = max(1, others.count / Self.sampleLimit)
    let bad = stride(from: others.startIndex, to: others.endIndex, by: step).map {
      others[$0].architecture
    }
    var best: (architecture: Architecture, ratio: Double)?
    for _ in 0..<Self.draws {
      let centre = good[generator.integer(below: good.count)]
      let drawn = space.mutated(centre, chance: Self.bandwidth, using: &generator)
      let ratio =
        density(of: drawn, among: good, in: space)
        / density(of: drawn, among: bad, in: space)
      if let best, best.ratio >= ratio { continue }
      best = (drawn, ratio)
    }
    return best?.architecture
  }

  private func density(
    of architecture: Architecture, among centres: [Architecture], in space: SearchSpace
  ) -> Double {
    var sum = 1e-12
    for centre in centres {
      var product = 1.0
      for index in space.dimensions.indices {
        let count = space.dimensions[index].options.count
        guard count > 1 else { continue }
        let isSame = architecture.choices[index] == centre.choices[index]
        product *= isSame ? 1 - Self.bandwidth : Self.bandwidth / Double(count - 1)
      }
      sum += product
    }
    return sum / Double(centres.count)
  }
}
