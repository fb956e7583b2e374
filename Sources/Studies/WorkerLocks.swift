#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Who is at work on a study: a file of which every worker keeps one byte locked.
///
/// The kernel lets go of a lock however its process ends, and knows it across containers, where
/// process numbers say nothing. The locks belong to the open file, not to the process, so two
/// workers of one process tell each other apart. Their commands are Linux's since 3.15; C's headers
/// hide them.
struct WorkerLocks: ~Copyable {
  private let descriptor: Int32

  #if canImport(Darwin)
    private static let (set, ask): (Int32, Int32) = (90, 92)
  #else
    private static let (set, ask): (Int32, Int32) = (37, 36)
  #endif

  static func path(of study: String) -> String { study + "-workers" }

  /// Opens the locks of a study, making their file where `creating`; `nil` where that fails.
  init?(of study: String, creating: Bool) {
    descriptor = open(Self.path(of: study), O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o666)
    guard descriptor >= 0 else { return nil }
  }

  // Closing what was never open would hide why.
  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Locks a worker's byte until this value ends; false where another has it.
  func take(_ worker: Int64) -> Bool {
    var lock = Self.lock(from: worker, count: 1)
    return fcntl(descriptor, Self.set, &lock) == 0
  }

  /// Says whether someone else has that worker's byte, which is so while the worker lives.
  func isHeldElsewhere(_ worker: Int64) -> Bool { asks(Self.lock(from: worker, count: 1)) }

  /// Says whether any worker but this one lives.
  var isAnyHeldElsewhere: Bool { asks(Self.lock(from: 0, count: 0)) }

  private func asks(_ wanted: consuming flock) -> Bool {
    // Where the file system keeps no locks nothing is known: then nobody is taken for dead.
    guard fcntl(descriptor, Self.ask, &wanted) == 0 else { return true }
    return wanted.l_type != Int16(F_UNLCK)
  }

  /// - Parameter count: bytes; 0 for all to the end.
  private static func lock(from start: Int64, count: Int64) -> flock {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(start)
    lock.l_len = off_t(count)
    return lock
  }
}
