internal import GRDB
import Search
import TensorFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// SQLite as studies use it, with errors that name the file.
enum StudyDatabase {
  /// How long a process waits for another one's transaction; they take milliseconds.
  private static let patience = 30.0

  /// Opens the file, making it where `creating`; it has a write-ahead log, so that those who look
  /// do not wait for those who write.
  static func open(_ path: String, creating: Bool) throws -> DatabaseQueue {
    guard creating || FileReader.exists(path) else {
      throw FileError(path: path, doing: "read", code: errno)
    }
    guard isEmptyOrDatabase(path) else {
      throw NoStudy(path: path, "not an SQLite file")
    }
    return try naming(path) {
      var configuration = Configuration()
      configuration.busyMode = .timeout(patience)
      // What a stranger's file defines may call nothing that has effects.
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      // Another program's database stays as it is.
      try queue.read { try StudySchema.requireNoOther($0, path: path) }
      if creating { try keepWriteAheadLog(queue) }
      // What is written is safe from a process that dies; `StudyFile.write` says when from a power cut.
      try queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
      return queue
    }
  }

  /// SQLite takes a file that is shorter than any database for an empty one, and writes over it.
  ///
  /// It is not opened to look: closing it would let go of SQLite's own locks on it.
  private static func isEmptyOrDatabase(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_size == 0 || status.st_size >= 512
  }

  /// SQLite does not wait where two processes ask for a new file's log at once.
  private static func keepWriteAheadLog(_ queue: DatabaseQueue) throws {
    for attempt in 0... {
      do {
        return try queue.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempt < 1000 {
        usleep(5_000)
      }
    }
  }

  /// Runs work on a file and throws what goes wrong as a `FileError`.
  static func naming<Result>(_ path: String, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw NoStudy(path: path, "not an SQLite file")
    } catch let error as DatabaseError {
      throw FileError(path: path, error)
    } catch let error as SearchError {
      throw FileError(path: path, damage: error.message)
    }
  }
}

/// A file that is something else than a study; a `FileError` tells of a study that cannot be read.
public struct NoStudy: Error, CustomStringConvertible {
  private let error: FileError
  public var description: String { error.description }

  init(path: String, _ what: String) {
    error = FileError(
      path: path, problem: "is no study (\(what))", advice: "give the file of a study")
  }
}

extension FileError {
  /// A trial was written, and cannot be read: a damaged index hides it.
  init(unfoundIn path: String) {
    self.init(path: path, damage: "what was written is not found again")
  }

  init(path: String, damage: String) {
    self.init(
      path: path, problem: "is damaged: \(damage)",
      advice: "bring a copy of it back, or delete it to begin anew")
  }

  fileprivate init(path: String, _ error: DatabaseError) {
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_ERROR:
      self.init(path: path, damage: reason)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        path: path, problem: "another program keeps it locked", advice: "end that one, or wait")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self.init(path: path, problem: "cannot write (\(reason))", advice: "check the permissions")
    case .SQLITE_FULL: self.init(path: path, doing: "write", code: ENOSPC)
    case .SQLITE_IOERR where Self.isFull(path):
      self.init(path: path, doing: "write", code: ENOSPC)
    default:
      self.init(
        path: path, problem: "cannot open or write (\(reason))",
        advice: "check that the folder exists and may be written to")
    }
  }

  /// SQLite tells a full disk from a broken one for some of its files only.
  private static func isFull(_ path: String) -> Bool {
    var status = statvfs()
    return statvfs(path, &status) == 0 && UInt64(status.f_bavail) * UInt64(status.f_bsize) < 65_536
  }
}
