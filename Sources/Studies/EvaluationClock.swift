import Synchronization

/// Times evaluations that are done one after the other, though several may be asked for at once.
public final class EvaluationClock: Sendable {
  private let end = Mutex(ContinuousClock.Instant?.none)

  public init() {}

  /// How long an evaluation took that was asked for at `start` and has just ended: it began no
  /// earlier than the one before it ended.
  func ended(askedFor start: ContinuousClock.Instant) -> Duration {
    end.withLock { end in
      let (now, began) = (ContinuousClock.now, max(start, end ?? start))
      end = now
      return now - began
    }
  }
}
