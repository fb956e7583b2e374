internal import GRDB
import Search
import TensorFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The tables of a study's file.
///
/// The file names its kind and version where SQLite has room for it, so that neither another
/// program's database nor a later version's study is taken for one of ours.
enum StudySchema {
  /// "SNAS" in ASCII.
  private static let applicationID = 0x534E_4153
  private static let version = 2

  private static let statements = [
    """
    CREATE TABLE study (
      space_name TEXT NOT NULL, space TEXT NOT NULL, configuration TEXT NOT NULL,
      goal TEXT NOT NULL, estimator TEXT NOT NULL,
      workers INTEGER NOT NULL DEFAULT 0)
    """,
    """
    CREATE TABLE trial (
      number INTEGER PRIMARY KEY,
      architecture TEXT NOT NULL,
      estimator TEXT NOT NULL,
      fidelity REAL NOT NULL,
      source TEXT NOT NULL,
      seed INTEGER NOT NULL,
      device TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'complete', 'failed')),
      reason TEXT,
      metrics TEXT NOT NULL,
      nanoseconds INTEGER NOT NULL,
      proposal_nanoseconds INTEGER NOT NULL,
      worker INTEGER,
      revision INTEGER NOT NULL,
      UNIQUE (architecture, estimator, fidelity))
    """,
    "CREATE INDEX trial_revision ON trial (revision)",
    "CREATE INDEX trial_pending ON trial (number) WHERE state = 'pending'",
  ]

  /// Makes the tables and says what the study is about; runs in a transaction.
  static func create(_ header: StudyHeader, in database: Database) throws {
    try database.execute(
      sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
    for statement in statements { try database.execute(sql: statement) }
    try database.execute(
      sql: """
        INSERT INTO study (space_name, space, configuration, goal, estimator)
        VALUES (?, ?, ?, ?, ?)
        """,
      arguments: [
        header.spaceName, try json(header.space), header.configuration, try json(header.goal),
        try json(header.estimator),
      ])
  }

  static func isEmpty(_ database: Database) throws -> Bool {
    try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
  }

  /// Throws a `FileError` where the file is another program's database.
  static func requireNoOther(_ database: Database, path: String) throws {
    guard try !isEmpty(database) else { return }
    guard try Int.fetchOne(database, sql: "PRAGMA application_id") == applicationID else {
      throw NoStudy(path: path, "another program's database")
    }
  }

  /// Reads what a study is about, or throws a `FileError` where the file is no study.
  static func header(of database: Database, path: String) throws -> StudyHeader {
    guard try !isEmpty(database) else {
      throw FileError(
        path: path, problem: "is empty: what made it was stopped before it began",
        advice: "begin again")
    }
    try requireNoOther(database, path: path)
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found == version else {
      throw FileError(
        path: path, problem: "is a study of version \(found), and version \(version) is known",
        advice: "use the supernet that made it")
    }
    // Views and triggers of a stranger would run whatever they say.
    let schema = try String.fetchAll(
      database, sql: "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    guard Set(schema) == Set(statements) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "its tables are not a study's")
    }
    // A page that was overwritten is found here, and not in the middle of a search.
    let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? ""
    guard check == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: check) }
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT space_name, space, configuration, goal, estimator FROM study"),
      let name = String.fromDatabaseValue(row[0]), let space = String.fromDatabaseValue(row[1]),
      let configuration = String.fromDatabaseValue(row[2]),
      let goal = String.fromDatabaseValue(row[3]),
      let estimator = String.fromDatabaseValue(row[4])
    else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "it does not say of which space")
    }
    return StudyHeader(
      try value(of: space), named: name, goal: try value(of: goal),
      judgedBy: try value(of: estimator), configuration: configuration)
  }

  static func write(_ goal: SearchGoal, to database: Database) throws {
    try database.execute(sql: "UPDATE study SET goal = ?", arguments: [try json(goal)])
  }

  /// JSON as the tables hold it; a number that is none is written as a string.
  static func json(_ value: some Encodable) throws -> String {
    String(decoding: try StudyCoding.encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(of json: String) throws -> Value {
    do {
      return try StudyCoding.decoder.decode(Value.self, from: Data(json.utf8))
    } catch is DecodingError {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unreadable: \(json.prefix(40))")
    }
  }
}
