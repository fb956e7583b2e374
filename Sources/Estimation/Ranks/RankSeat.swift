public import Studies

/// A thread of the first rank that takes part in a search for one of the ranks.
///
/// Each rank has two. The second sits down when the rank has judged a candidate quickly: from then on
/// the rank has the next one in hand before it has answered, and waits for nobody. Of slow ones none is
/// taken before it can be begun, so that at the end no rank waits long for another.
public struct RankSeat: Sendable {
  public let rank: Int
  /// Of all seats: strategies of no two are to draw the same.
  public let number: Int
  /// The rank's, whichever of its threads asks.
  public let clock: EvaluationClock

  /// In what time a quick rank judges.
  static let quick = Duration.seconds(1)
}
