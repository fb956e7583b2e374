import TensorFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension StudyFile {
  /// Says whether some process holds trials of the study at `path`, or may.
  public static func isInUse(_ path: String) -> Bool {
    WorkerLocks(of: path, creating: false)?.isAnyHeldElsewhere ?? false
  }

  /// Takes a study's file away, with what SQLite keeps beside it; nothing where there is none.
  ///
  /// Throws a `FileError` where another process is at work on it.
  public static func remove(_ path: String) throws {
    guard !isInUse(path) else {
      throw FileError(
        path: path, problem: "another process is at work on it",
        advice: "end that one, or go on with the study")
    }
    // The study last: a log without its study is nothing, a study without its log has lost trials.
    for suffix in ["-workers", "-shm", "-wal", ""] {
      guard unlink(path + suffix) == 0 || errno == ENOENT else {
        throw FileError(path: path + suffix, doing: "remove", code: errno)
      }
    }
  }
}
