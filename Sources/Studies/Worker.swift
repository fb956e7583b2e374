internal import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// This process among those at work on a study: a number, and the lock that shows it lives.
final class Worker {
  let number: Int64
  let locks: WorkerLocks

  /// Signs up, in a transaction, so that nobody is leaving at the same time.
  init(on path: String, in database: Database) throws {
    guard let locks = WorkerLocks(of: path, creating: true) else {
      throw DatabaseError(
        resultCode: errno == ENOSPC ? .SQLITE_FULL : .SQLITE_CANTOPEN,
        message: String(cString: strerror(errno)))
    }
    try database.execute(
      sql: "INSERT INTO worker (host, process) VALUES (?, ?)", arguments: [Self.host, getpid()])
    number = database.lastInsertedRowID
    guard locks.take(number) else {
      throw DatabaseError(
        resultCode: .SQLITE_CANTOPEN, message: "no locks here: \(String(cString: strerror(errno)))")
    }
    self.locks = locks
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension StudyFile {
  /// Runs a transaction under this process's number, signing it up where it has none.
  func writeAsWorker<Result>(_ change: (Database, Int64) throws -> Result) throws -> Result {
    let number: Int64
    if let worker {
      number = worker.number
    } else {
      // By itself: were it rolled back with the rest, another could get the same number.
      let worker = try write { try Worker(on: path, in: $0) }
      self.worker = worker
      number = worker.number
    }
    return try write { try change($0, number) }
  }

  /// Says whether a worker's process is still there.
  func isAlive(_ number: Int64) -> Bool {
    worker.map { $0.number == number || $0.locks.isHeldElsewhere(number) } ?? true
  }

  /// The pending trials by number, and who holds each, as `host:process`; `nil` where nobody alive
  /// does.
  public func holders() throws -> [Int: String?] {
    let locks = WorkerLocks(of: path, creating: false)
    return try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT number, worker, host, process FROM trial LEFT JOIN worker ON worker.id = worker
          WHERE state = 'pending'
          """)
      return rows.reduce(into: [:]) { holders, row in
        let (number, worker): (Int, Int64?) = (row["number"], row["worker"])
        let isAlive = worker.map { locks?.isHeldElsewhere($0) ?? false } ?? false
        let (host, process): (String?, Int?) = (row["host"], row["process"])
        holders.updateValue(isAlive ? "\(host ?? ""):\(process ?? 0)" : nil, forKey: number)
      }
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
