#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Work that ended early has kept what it had.
struct Interrupted: Error, CustomStringConvertible {
  let description = "interrupted; the same command with --resume goes on"
}

/// Ctrl-C, for work that can end early and keep what it has.
enum Interruption {
  // Set by the handler alone; a word that is read and written whole.
  private nonisolated(unsafe) static var flag: sig_atomic_t = 0

  static var happened: Bool { flag != 0 }

  /// Ends a command that was interrupted, telling how its work goes on; where it was not, Ctrl-C ends
  /// the program as ever from now on.
  static func end() throws {
    signal(SIGINT, SIG_DFL)
    guard happened else { return }
    throw Interrupted()
  }

  /// From now on the first Ctrl-C is only noted; the second ends the program as ever.
  static func begin() {
    signal(SIGINT) { _ in
      Interruption.flag = 1
      signal(SIGINT, SIG_DFL)
    }
    // A parent may have started this program with signals held back.
    var interrupt = sigset_t()
    sigemptyset(&interrupt)
    sigaddset(&interrupt, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
  }
}
