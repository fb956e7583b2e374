#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How often the system took a processor away from this process for something else.
enum Interruptions {
  /// Involuntary context switches of all threads since the process began.
  @Sendable static func count() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_nivcsw
  }
}
