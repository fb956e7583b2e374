internal import GRDB
import Search
import TensorFiles

/// A trial as its row of the table, and what only the file knows of it.
struct TrialRow {
  var trial: Trial
  /// How long the strategy took to propose it.
  var proposalDuration: Duration
  /// Counts the changes of the study; this row was changed at that one.
  var revision: Int64

  private static let columns = """
    number, architecture, estimator, fidelity, source, seed, device, state, reason, metrics, \
    nanoseconds, proposal_nanoseconds, revision
    """

  /// The rows that were changed after a revision, oldest trial first.
  static func changed(after revision: Int64, in database: Database) throws -> [TrialRow] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT \(columns) FROM trial WHERE revision > ? ORDER BY number"),
      arguments: [revision]
    ).map(TrialRow.init)
  }

  static func row(_ number: Int, in database: Database) throws -> TrialRow? {
    try Row.fetchOne(
      database.cachedStatement(sql: "SELECT \(columns) FROM trial WHERE number = ?"),
      arguments: [number]
    ).map(TrialRow.init)
  }

  private init(_ row: Row) throws {
    guard
      let number = Int.fromDatabaseValue(row[0]), let choices = String.fromDatabaseValue(row[1]),
      let estimator = String.fromDatabaseValue(row[2]),
      let fidelity = Double.fromDatabaseValue(row[3]), fidelity > 0, fidelity <= 1,
      let source = String.fromDatabaseValue(row[4]), let seed = Int64.fromDatabaseValue(row[5]),
      let device = String.fromDatabaseValue(row[6]), let state = String.fromDatabaseValue(row[7]),
      let metrics = String.fromDatabaseValue(row[9]),
      let duration = Int64.fromDatabaseValue(row[10]),
      let proposal = Int64.fromDatabaseValue(row[11]),
      let revision = Int64.fromDatabaseValue(row[12]), revision >= 1, revision < 1 << 62
    else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "row \(row)") }
    self.revision = revision
    proposalDuration = .nanoseconds(proposal)
    trial = Trial(
      number: number, architecture: try StudySchema.value(of: choices), fidelity: fidelity,
      source: source, estimator: estimator, device: device, seed: UInt64(bitPattern: seed),
      state: state == "complete"
        ? .complete
        : state == "pending" ? .pending : .failed(reason: String.fromDatabaseValue(row[8]) ?? ""),
      metrics: try StudySchema.value(of: metrics), duration: .nanoseconds(duration))
  }

  /// The number of the next change.
  static func nextRevision(in database: Database) throws -> Int64 {
    let last = try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT max(revision) FROM trial"))
    return (last ?? 0) + 1
  }

  /// Adds a pending trial.
  static func insert(
    _ trial: Trial, proposedIn proposalDuration: Duration, worker: Int64, to database: Database
  ) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO trial (\(columns), worker)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', NULL, ?, 0, ?, ?, ?)
        """
    ).execute(arguments: [
      trial.number, try StudySchema.json(trial.architecture), trial.estimator, trial.fidelity,
      trial.source, Int64(bitPattern: trial.seed), trial.device,
      try StudySchema.json(trial.metrics), proposalDuration.nanoseconds,
      try nextRevision(in: database), worker,
    ])
  }

  /// Writes the outcome of a trial that this worker holds; false where it does not.
  static func end(
    _ trial: Trial, worker: Int64, in database: Database
  ) throws -> Bool {
    var reason: String?
    if case .failed(let why) = trial.state { reason = why }
    try database.cachedStatement(
      sql: """
        UPDATE trial SET state = ?, reason = ?, metrics = ?, nanoseconds = ?, revision = ?
        WHERE number = ? AND state = 'pending' AND worker = ?
        """
    ).execute(arguments: [
      reason == nil ? "complete" : "failed", reason, try StudySchema.json(trial.metrics),
      trial.duration.nanoseconds, try nextRevision(in: database), trial.number, worker,
    ])
    return database.changesCount == 1
  }
}
