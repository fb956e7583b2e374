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
    #if canImport(Glibc)
      // An enumeration there, and its header wants the number.
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    return usage.ru_nivcsw
  }
}
