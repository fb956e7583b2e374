/// How long work tells how far it is, and learns that it is to end.
public struct WorkMonitor {
  private let isInterrupted: () -> Bool
  private let tell: (String) -> Void

  /// - Parameters:
  ///   - isInterrupted: asked at each step.
  ///   - tell: shows a line, in place of the last one.
  public init(
    isInterrupted: @escaping () -> Bool = { false }, tell: @escaping (String) -> Void = { _ in }
  ) {
    self.isInterrupted = isInterrupted
    self.tell = tell
  }

  /// Tells how far the work is, or throws `CancellationError` where it is to end.
  func step(_ text: @autoclosure () -> String) throws {
    if isInterrupted() { throw CancellationError() }
    tell(text())
  }
}
