#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The last line of the terminal, written anew at most five times a second.
///
/// Silent where standard error is no terminal.
public final class StatusLine {
  private let isShown = isatty(STDERR_FILENO) == 1
  private var lastShown: ContinuousClock.Instant?

  public init() {}

  public func show(_ line: @autoclosure () -> String) {
    guard isShown, lastShown.map({ .now - $0 > .milliseconds(200) }) ?? true else { return }
    lastShown = .now
    write(line())
  }

  /// Takes the line away.
  public func clear() { if isShown { write("") } }

  private func write(_ line: String) {
    let text = "\r\u{1B}[K" + line
    _ = text.withCString { Self.put($0) }
  }

  private static func put(_ text: UnsafePointer<CChar>) -> Int {
    #if canImport(Glibc)
      Glibc.write(STDERR_FILENO, text, strlen(text))
    #elseif canImport(Musl)
      Musl.write(STDERR_FILENO, text, strlen(text))
    #else
      Darwin.write(STDERR_FILENO, text, strlen(text))
    #endif
  }
}
