/// Tries many architectures with little effort and the better ones with more: successive halving.
///
/// A bracket starts with many at a low fidelity and promotes the best of each rung to the next; a
/// search goes round the brackets, from the most daring to one that starts at full fidelity.
/// Sources: Jamieson and Talwalkar 2016 (arXiv 1502.07943, successive halving: only the first
/// bracket); Li et al. 2018, "Hyperband" (arXiv 1603.06560), algorithm 1; Falkner, Klein and Hutter
/// 2018, "BOHB" (arXiv 1807.01774): newcomers drawn from a model.
public struct Hyperband: SearchStrategy {
  /// Which brackets a search goes round.
  public enum Brackets: Sendable { case all, first }

  /// Where the newcomers of a bracket come from.
  public enum Newcomers: Sendable { case random, parzen }

  public let usesFidelities = true
  public let seed: UInt64
  /// One of so many is promoted, and gets so many times the effort.
  public let reduction: Int
  /// The lowest fidelity is that of so many promotions below full.
  public let promotions: Int
  public let brackets: Brackets
  public let newcomers: Newcomers
  private let memo = HistoryMemo<Summary>()

  public init(
    seed: UInt64, reduction: Int = 3, promotions: Int = 3, brackets: Brackets = .all,
    newcomers: Newcomers = .random
  ) {
    precondition(reduction > 1 && promotions >= 0, "1 of \(reduction), \(promotions) times")
    self.seed = seed
    self.reduction = reduction
    self.promotions = promotions
    self.brackets = brackets
    self.newcomers = newcomers
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let start = { Summary(schedule: BracketSchedule(self, by: request.goal), goal: request.goal) }
    memo.withSummary(of: request, from: start) { summary in
      for promoted in summary.schedule.promoted where !batch.isFull {
        batch.offer(promoted.architecture, fidelity: promoted.fidelity)
      }
      for opening in summary.schedule.openings where !batch.isFull {
        for _ in 0..<opening.count {
          guard addNewcomer(to: &batch, summary, fidelity: opening.fidelity) else { break }
        }
      }
    }
    // Where lower fidelities have nothing new, full effort for what had little.
    if batch.proposals.isEmpty { batch.fillWithRandom() }
    return batch.proposals
  }

  private func addNewcomer(
    to batch: inout ProposalBatch, _ summary: Summary, fidelity: Double
  ) -> Bool {
    if newcomers == .parzen,
      let drawn = summary.model.draw(in: batch.request.space, using: &batch.generator),
      batch.offer(drawn, fidelity: fidelity)
    {
      return true
    }
    return batch.addRandom(fidelity: fidelity)
  }

  private struct Summary: HistorySummary {
    var schedule: BracketSchedule
    var model: ParzenModel

    init(schedule: BracketSchedule, goal: SearchGoal) {
      self.schedule = schedule
      model = ParzenModel(goal: goal)
    }

    mutating func take(_ trial: Trial) {
      schedule.take(trial)
      model.take(trial)
    }
  }
}
