/// One line on the terminal that tells how far long work is, how fast it goes and how long it has
/// left.
public struct Progress: Sendable {
  private let title: String
  private let unit: String
  private let total: Int
  private let start: ContinuousClock.Instant
  private let first: Int
  private let status = StatusLine()

  public init(_ title: String, unit: String, total: Int, done: Int = 0) {
    self.title = title
    self.unit = unit
    self.total = total
    first = done
    start = .now
  }

  /// At most five times a second.
  public func update(_ done: Int, _ remark: @autoclosure () -> String = "") {
    status.show(line(done, remark()))
  }

  private func line(_ done: Int, _ remark: String) -> String {
    let elapsed = ContinuousClock.now - start
    var line = "\(title) \(done)/\(total) \(unit)"
    if done > first {
      let rate = Double(done - first) / (elapsed / .seconds(1))
      if elapsed > .seconds(1) {
        line += ", \(Readable.fixed(rate, rate < 10 ? 2 : 0))/s"
        line += ", \(Readable.time(elapsed / (done - first) * (total - done))) left"
      }
    }
    return line + (remark.isEmpty ? "" : ", " + remark)
  }

  /// Takes the line away.
  public func finish() { status.clear() }
}
