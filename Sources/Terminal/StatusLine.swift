import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The last line of the terminal, written anew at most five times a second, by any thread.
///
/// Silent where standard error is no terminal.
public final class StatusLine: Sendable {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

  public init() {}

  public func show(_ line: @autoclosure () -> String) {
    guard isShown else { return }
    lastShown.withLock { last in
      guard last.map({ .now - $0 > .milliseconds(200) }) ?? true else { return }
      last = .now
      write(line())
    }
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
