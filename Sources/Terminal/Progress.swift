#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One line on the terminal that tells how far long work is, how fast it goes and how long it has
/// left.
///
/// Silent where standard error is no terminal.
public struct Progress {
  private let title: String
  private let unit: String
  private let total: Int
  private let start: ContinuousClock.Instant
  private let first: Int
  private var lastShown: ContinuousClock.Instant?
  private let isShown = isatty(STDERR_FILENO) == 1

  public init(_ title: String, unit: String, total: Int, done: Int = 0) {
    self.title = title
    self.unit = unit
    self.total = total
    first = done
    start = .now
  }

  /// At most five times a second.
  public mutating func update(_ done: Int, _ remark: @autoclosure () -> String = "") {
    guard isShown, lastShown.map({ .now - $0 > .milliseconds(200) }) ?? true else { return }
    lastShown = .now
    let elapsed = ContinuousClock.now - start
    var line = "\(title) \(done)/\(total) \(unit)"
    if done > first {
      let rate = Double(done - first) / (Double(elapsed.components.seconds) + 1e-3)
      if elapsed > .seconds(1) {
        line += ", \(Readable.fixed(rate, rate < 10 ? 2 : 0))/s"
        line += ", \(Readable.time(elapsed / (done - first) * (total - done))) left"
      }
    }
    let remark = remark()
    Progress.show(line + (remark.isEmpty ? "" : ", " + remark))
  }

  /// Takes the line away.
  public func finish() {
    if isShown { Progress.show("") }
  }

  private static func show(_ line: String) {
    let text = "\r\u{1B}[K" + line
    _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
