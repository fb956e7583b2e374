internal import GRDB
public import Search
import TensorFiles

/// How trials are shared out: claimed, told, given back, taken over.
extension StudyFile {
  /// Adds what a strategy proposed as pending trials that this process holds; what is in the study
  /// already at that fidelity is left out.
  ///
  /// `nil` where others have added trials since the study was read: the proposals were made from a
  /// history that is no longer the study's. It has been read again; ask again.
  ///
  /// - Parameters:
  ///   - proposals: what to claim, all or none.
  ///   - source: the strategy's name.
  ///   - device: that they are judged on; empty where none is.
  ///   - seed: of their evaluations.
  ///   - duration: how long it took to propose all of them.
  ///
  /// Throws a `SearchError` where one is not canonical in the space; then none is added.
  public func claim(
    _ proposals: [Proposal], source: String, device: String = "", seed: UInt64 = 0,
    proposedIn duration: Duration = .zero
  ) throws -> [Trial]? {
    if let alien = proposals.first(where: { !header.space.contains($0.architecture) }) {
      throw SearchError(
        "strategy \(source): proposes \(alien.architecture), which is not canonical in the space "
          + header.spaceName)
    }
    var new: [Proposal] = []
    for proposal in proposals where !study.history.contains(proposal) && !new.contains(proposal) {
      new.append(proposal)
    }
    guard !new.isEmpty else { return [] }
    let first = study.trials.count
    let isClaimed = try writeAsWorker { db, worker in
      let count = try Int.fetchOne(
        db.cachedStatement(sql: "SELECT coalesce(max(number) + 1, 0) FROM trial"))
      guard count == first else { return false }
      for (index, proposal) in new.enumerated() {
        let trial = Trial(
          number: first + index, architecture: proposal.architecture, fidelity: proposal.fidelity,
          source: source, estimator: header.estimator.name, device: device, seed: seed)
        try TrialRow.insert(trial, proposedIn: duration / new.count, worker: worker, to: db)
      }
      return true
    }
    guard isClaimed else { return nil }
    // Of a damaged index nothing is known but what is missing.
    guard study.trials.count >= first + new.count else { throw FileError(unfoundIn: path) }
    return Array(study.trials[first..<first + new.count])
  }

  /// Ends a trial that this process holds with what was measured.
  ///
  /// False where the trial is no longer this process's: then the outcome is dropped, so that nothing
  /// counts twice.
  @discardableResult
  public func complete(
    _ trial: Trial, metrics: [String: Double], duration: Duration
  ) throws -> Bool {
    try end(
      trial, .complete, trial.metrics.merging(metrics) { _, measured in measured }, duration)
  }

  /// Ends a trial that could not be evaluated; the search goes on without it.
  @discardableResult
  public func fail(_ trial: Trial, reason: String, duration: Duration) throws -> Bool {
    try end(trial, .failed(reason: reason), trial.metrics, duration)
  }

  private func end(
    _ trial: Trial, _ state: Trial.State, _ metrics: [String: Double], _ duration: Duration
  ) throws -> Bool {
    let ended = Trial(
      number: trial.number, architecture: trial.architecture, fidelity: trial.fidelity,
      source: trial.source, estimator: trial.estimator, device: trial.device, seed: trial.seed,
      state: state, metrics: metrics, duration: duration)
    return try writeAsWorker { db, worker in
      try TrialRow.end(ended, worker: worker, in: db)
    }
  }

  /// Gives a trial back that this process will not evaluate: whoever comes next takes it over.
  public func release(_ trial: Trial) throws {
    try writeAsWorker { db, worker in
      try db.execute(
        sql: "UPDATE trial SET worker = NULL WHERE number = ? AND state = 'pending' AND worker = ?",
        arguments: [trial.number, worker])
    }
  }

  /// Takes over the oldest pending trial that nobody alive holds, on this process's device.
  public func takeOver(device: String = "") throws -> Trial? {
    try refresh()
    guard study.pendingCount > 0 else { return nil }
    let number: Int? = try writeAsWorker { db, worker in
      let pending = try Row.fetchAll(
        db, sql: "SELECT number, worker FROM trial WHERE state = 'pending' ORDER BY number")
      for row in pending {
        guard let number = Int.fromDatabaseValue(row[0]), number >= 0 else {
          throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "row \(row)")
        }
        if let holder = Int64.fromDatabaseValue(row[1]), isAlive(holder) { continue }
        try db.execute(
          sql: "UPDATE trial SET worker = ?, device = ?, revision = ? WHERE number = ?",
          arguments: [worker, device, try TrialRow.nextRevision(in: db), number])
        return number
      }
      return nil
    }
    guard let number else { return nil }
    guard study.trials.indices.contains(number) else { throw FileError(unfoundIn: path) }
    return study.trials[number]
  }

  /// Adds to the metrics of complete trials, or replaces them: latencies that were measured again.
  ///
  /// - Parameter metrics: by the trial's number.
  public func remeasure(_ metrics: [Int: [String: Double]]) throws {
    try write { db in
      for (number, metrics) in metrics {
        guard let trial = try TrialRow.row(number, in: db)?.trial, trial.state == .complete else {
          continue
        }
        let merged = trial.metrics.merging(metrics) { _, new in new }
        try db.execute(
          sql: "UPDATE trial SET metrics = ?, revision = ? WHERE number = ?",
          arguments: [
            try StudySchema.json(merged), try TrialRow.nextRevision(in: db), number,
          ])
      }
    }
  }
}
