#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Walks from neighbour to neighbour, uphill always, downhill the less often the colder it is.
///
/// Source: Kirkpatrick, Gelatt and Vecchi 1983, "Optimization by simulated annealing". The
/// temperature is in units of the mean loss of a downhill step (Johnson et al. 1989); it falls
/// geometrically over a cycle, and the next cycle starts from the best.
public struct SimulatedAnnealing: SearchStrategy {
  public let seed: UInt64
  /// The temperature a cycle starts and ends with, in mean downhill steps.
  public let temperatures: (first: Double, last: Double)
  /// The number of trials in a cycle.
  public let cycle: Int
  private let memo = HistoryMemo<Walk>()

  public init(
    seed: UInt64, temperatures: (first: Double, last: Double) = (0.5, 0.02), cycle: Int = 100
  ) {
    precondition(cycle > 0, "a cycle of \(cycle) trials")
    self.seed = seed
    self.temperatures = temperatures
    self.cycle = cycle
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let place = memo.withSummary(
      of: request, from: { Walk(by: request.goal, strategy: self) }, { $0.place?.architecture })
    guard let place else {
      batch.fillWithRandom()
      return batch.proposals
    }
    while batch.addMutant(probability: 0, of: { _ in place }) {}
    return batch.proposals
  }

  /// Where the walk has come to.
  private struct Walk: HistorySummary {
    let goal: SearchGoal
    let seed: UInt64
    let temperatures: (first: Double, last: Double)
    let cycle: Int
    private(set) var place: Elite.Member?
    private var best: Elite.Member?
    private var count = 0
    private var downhill = (count: 0.0, loss: 0.0)

    init(by goal: SearchGoal, strategy: SimulatedAnnealing) {
      self.goal = goal
      seed = strategy.seed
      temperatures = strategy.temperatures
      cycle = strategy.cycle
    }

    mutating func take(_ trial: Trial) {
      guard let rank = goal.rank(trial) else { return }
      if best.map({ rank < $0.rank }) ?? true { best = (trial.architecture, rank) }
      if let place, !accepts(rank, after: place.rank, number: trial.number) {
        count += 1
      } else {
        place = (trial.architecture, rank)
        count += 1
      }
      if count % cycle == 0 { place = best }
    }

    private mutating func accepts(
      _ rank: SearchGoal.Rank, after place: SearchGoal.Rank, number: Int
    ) -> Bool {
      guard place < rank else { return true }
      // Never away from what is allowed.
      guard rank.excess <= place.excess else { return false }
      let step = rank.loss - place.loss
      downhill = (downhill.count + 1, downhill.loss + step)
      let part = Double(count % cycle) / Double(cycle)
      let temperature = temperatures.first * pow(temperatures.last / temperatures.first, part)
      var generator = SeededGenerator(seed: ~seed, stream: number)
      return generator.unit() < exp(-step / (temperature * downhill.loss / downhill.count))
    }
  }
}
