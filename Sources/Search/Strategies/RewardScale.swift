/// Turns ranks into rewards in 0...1: the part of the trials so far that one is better than.
///
/// So rewards know neither unit nor outliers, and what passes a limit is below all that does not.
struct RewardScale: Sendable {
  /// A sample of the ranks so far, best first.
  private var ranks: [SearchGoal.Rank] = []
  /// One rank in this many joins the sample.
  private var stride = 1
  private var count = 0

  private static let sampleLimit = 1024

  /// The reward of a trial; nothing for one that failed.
  mutating func reward(_ rank: SearchGoal.Rank?) -> Double {
    guard let rank else { return 0 }
    let place = ranks.partitionPoint { rank < $0 }
    let reward = (Double(ranks.count - place) + 0.5) / Double(ranks.count + 1)
    count += 1
    guard count % stride == 0 else { return reward }
    ranks.insert(rank, at: place)
    if ranks.count == Self.sampleLimit {
      ranks = Swift.stride(from: 0, to: ranks.count, by: 2).map { ranks[$0] }
      stride *= 2
    }
    return reward
  }
}
