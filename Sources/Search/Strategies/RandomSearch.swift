/// Draws every candidate at random: the baseline that each strategy has to beat.
///
/// Source: Bergstra and Bengio 2012; for architectures Li and Talwalkar 2019 (arXiv 1902.07638).
public struct RandomSearch: SearchStrategy {
  public let seed: UInt64

  public init(seed: UInt64) {
    self.seed = seed
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    batch.fillWithRandom()
    return batch.proposals
  }
}
