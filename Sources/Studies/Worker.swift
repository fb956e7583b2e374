internal import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// This process among those at work on a study: a number, and the lock that shows it lives.
///
/// It signs up when it opens the study, so that nobody takes away what another has open.
final class Worker {
  let number: Int64
  let locks: WorkerLocks

  /// Signs up, in a transaction, so that nobody is leaving at the same time.
  ///
  /// - Parameter alone: only where nobody else is at work; `nil` where somebody is.
  init?(on path: String, in database: Database, alone: Bool) throws {
    guard let locks = WorkerLocks(of: path, creating: true) else {
      throw DatabaseError(
        resultCode: errno == ENOSPC ? .SQLITE_FULL : .SQLITE_CANTOPEN,
        message: String(cString: strerror(errno)))
    }
    if alone, locks.isAnyHeldElsewhere { return nil }
    try database.execute(sql: "UPDATE study SET workers = workers + 1")
    let row = try Row.fetchOne(database, sql: "SELECT workers FROM study")
    guard let number = row.flatMap({ Int64.fromDatabaseValue($0[0]) }), number > 0 else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "its count of workers is none")
    }
    self.number = number
    guard locks.take(number) else {
      throw DatabaseError(
        resultCode: .SQLITE_CANTOPEN, message: "no locks here: \(String(cString: strerror(errno)))")
    }
    self.locks = locks
  }
}

extension StudyFile {
  /// Runs a transaction under this process's number.
  func writeAsWorker<Result>(_ change: (Database, Int64) throws -> Result) throws -> Result {
    guard let worker else { preconditionFailure("\(path) was opened to be read") }
    return try write { try change($0, worker.number) }
  }

  /// Says whether a worker's process is still there.
  func isAlive(_ number: Int64) -> Bool {
    worker.map { $0.number == number || $0.locks.isHeldElsewhere(number) } ?? true
  }

  /// How many pending trials nobody alive holds.
  public func abandonedCount() throws -> Int {
    let locks = WorkerLocks(of: path, creating: false)
    let holders = try read {
      try Row.fetchAll($0, sql: "SELECT worker FROM trial WHERE state = 'pending'")
    }
    return holders.count { row in
      Int64.fromDatabaseValue(row[0]).map {
        worker?.number != $0 && locks?.isHeldElsewhere($0) != true
      } ?? true
    }
  }

  /// Takes the file of locks away, if nobody else needs it.
  func leave() {
    guard let worker else { return }
    // At worst an empty file stays behind, for the next one to use.
    try? write { _ in
      if !worker.locks.isAnyHeldElsewhere { unlink(WorkerLocks.path(of: path)) }
    }
  }
}
