/// Descends a tree of choices, one dimension a level, to where rewards and curiosity are highest.
///
/// Sources: Kocsis and Szepesvari 2006, "Bandit based Monte-Carlo planning" (UCT); Coulom 2007,
/// section 4 (progressive widening); for architectures Wang et al. 2018, "AlphaX" (arXiv
/// 1805.07440). Below the tree the other dimensions are drawn at random.
public struct MonteCarloTreeSearch: SearchStrategy {
  public let seed: UInt64
  /// The weight of the bound's width: rewards lie in 0...1.
  public let exploration: Double
  /// A node with n visits has at most `wideningFactor * n^wideningPower` options, rounded up.
  public let wideningFactor: Double
  public let wideningPower: Double
  private let memo = HistoryMemo<ChoiceTree>()

  public init(
    seed: UInt64, exploration: Double = 0.3, wideningFactor: Double = 1.5,
    wideningPower: Double = 0.5
  ) {
    self.seed = seed
    self.exploration = exploration
    self.wideningFactor = wideningFactor
    self.wideningPower = wideningPower
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let start = { ChoiceTree(self, in: request.space, goal: request.goal) }
    memo.withSummary(of: request, from: start) { tree in
      if request.count == 1 {
        batch.add { tree.descend(using: &$0) }
      } else {
        // A copy in which each proposal counts as a visit without reward, so that the next differs.
        var tree = tree
        while batch.add({ tree.descend(using: &$0) }), let proposal = batch.proposals.last {
          tree.visit(proposal.architecture, reward: 0)
        }
      }
    }
    return batch.proposals
  }
}
