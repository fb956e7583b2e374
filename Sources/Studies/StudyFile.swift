internal import GRDB
public import Search
import TensorFiles

/// A study in an SQLite file, a row for each trial, which several processes may work on at once.
///
/// What one process claims no other evaluates, and what a process held that is no longer alive can
/// be taken over. A process that dies loses nothing that was told to the file; a power cut loses at
/// most what was told within a second after the last change that was waited for. It has one owner,
/// and is not `Sendable`.
public final class StudyFile {
  public let path: String
  public let header: StudyHeader
  /// The study as it was when it was last read or written here.
  public private(set) var study: Study
  /// How long the strategy took to propose each trial.
  public private(set) var proposalDurations: [Duration] = []

  /// This process among those at work on the study; `nil` in a file that is only read.
  private(set) var worker: Worker?
  private let database: DatabaseQueue
  /// Of the last change that was read.
  private(set) var revision = Int64.min
  private var lastSynchronization = ContinuousClock.now

  /// Opens the study at `path`, or begins it where there is none.
  ///
  /// Throws a `FileError` where the file is no study, damaged, of another space or of values that
  /// were measured otherwise. The goal, which only says what is shown as best, becomes the one given.
  public convenience init(_ path: String, of header: StudyHeader) throws {
    try self.init(beginning: path, header)
    _ = try signUp(alone: false)
  }

  /// The same where no other process is at work on it; `nil` where one is.
  public convenience init?(alone path: String, of header: StudyHeader) throws {
    try self.init(beginning: path, header)
    guard try signUp(alone: true) else { return nil }
  }

  private convenience init(beginning path: String, _ header: StudyHeader) throws {
    let database = try StudyDatabase.open(path, creating: true)
    try StudyDatabase.naming(path) {
      try database.inDatabase { db in
        try db.inTransaction(.immediate) {
          if try StudySchema.isEmpty(db) {
            try StudySchema.create(header, in: db)
            return .commit
          }
          let found = try StudySchema.header(of: db, path: path)
          try found.check(header, path: path)
          if found.goal != header.goal { try StudySchema.write(header.goal, to: db) }
          return .commit
        }
      }
    }
    try self.init(path, database, header)
  }

  private func signUp(alone: Bool) throws -> Bool {
    worker = try write { try Worker(on: path, in: $0, alone: alone) }
    return worker != nil
  }

  /// Opens a study that is there, of whatever space.
  public convenience init(readingFrom path: String) throws {
    let database = try StudyDatabase.open(path, creating: false)
    let header = try StudyDatabase.naming(path) {
      try database.read { try StudySchema.header(of: $0, path: path) }
    }
    try self.init(path, database, header)
  }

  private init(_ path: String, _ database: DatabaseQueue, _ header: StudyHeader) throws {
    self.path = path
    self.header = header
    self.database = database
    study = Study(header.space)
    try refresh()
  }

  deinit { leave() }

  /// Reads what other processes have done since.
  public func refresh() throws {
    let rows = try read { try TrialRow.changed(after: revision, in: $0) }
    try StudyDatabase.naming(path) { try merge(rows) }
  }

  func read<Result>(_ look: (Database) throws -> Result) throws -> Result {
    try StudyDatabase.naming(path) { try database.read(look) }
  }

  /// Runs a transaction that may write, and reads what it and others have changed.
  ///
  /// A change that comes more than a second after the last such one waits until all has reached the
  /// disk: evaluations that take long are safe from a power cut, and quick ones are not slowed down.
  @discardableResult
  func write<Result>(_ change: (Database) throws -> Result) throws -> Result {
    let isLasting = ContinuousClock.now - lastSynchronization > .seconds(1)
    return try StudyDatabase.naming(path) {
      let (result, rows) = try database.inDatabase { db in
        if isLasting { try db.execute(sql: "PRAGMA synchronous = FULL") }
        defer { if isLasting { try? db.execute(sql: "PRAGMA synchronous = NORMAL") } }
        var done: (Result, [TrialRow])?
        try db.inTransaction(.immediate) {
          let result = try change(db)
          done = (result, try TrialRow.changed(after: revision, in: db))
          return .commit
        }
        guard let done else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
        return done
      }
      if isLasting { lastSynchronization = .now }
      try merge(rows)
      return result
    }
  }

  /// Takes rows in; one that changes what had ended already makes the study anew.
  private func merge(_ rows: [TrialRow]) throws {
    guard let last = rows.map(\.revision).max() else { return }
    revision = max(revision, last)
    let isRevised = rows.contains {
      study.trials.indices.contains($0.trial.number)
        && study.trials[$0.trial.number].state != .pending
    }
    if isRevised {
      var trials = study.trials
      for row in rows where trials.indices.contains(row.trial.number) {
        trials[row.trial.number] = row.trial
      }
      study = try Study(study.space, trials: trials)
    }
    for row in rows {
      let number = row.trial.number
      if number == proposalDurations.count {
        try study.merge(row.trial)
        proposalDurations.append(row.proposalDuration)
      } else if !isRevised {
        try study.merge(row.trial)
      }
    }
  }
}
