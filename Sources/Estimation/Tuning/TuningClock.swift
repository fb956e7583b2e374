/// The time that tuning may take, and whether a user wants it to end.
public final class TuningClock {
  private let budget: Duration
  private let start = ContinuousClock.now
  private let isInterrupted: () -> Bool
  private let tell: (_ elapsed: Duration, _ remark: String) -> Void
  private var remark = ""

  /// - Parameters:
  ///   - budget: the time there is in all.
  ///   - isInterrupted: asked often.
  ///   - tell: told often how much has passed, and what is being done.
  public init(
    budget: Duration, isInterrupted: @escaping () -> Bool = { false },
    tell: @escaping (_ elapsed: Duration, _ remark: String) -> Void = { _, _ in }
  ) {
    self.budget = budget
    self.isInterrupted = isInterrupted
    self.tell = tell
  }

  func begin(_ remark: String) { self.remark = remark }

  /// Whether a part of the budget is spent, or will be in the time that the next thing takes.
  func isOver(part: Double = 1, next: Duration = .zero) -> Bool {
    let elapsed = ContinuousClock.now - start
    tell(elapsed, remark)
    return isInterrupted() || elapsed + next >= budget * part
  }
}
