internal import GRDB
public import Search
import TensorFiles

/// How trials are shared out: claimed, told, given back, taken over.
extension StudyFile {
  /// Adds what a strategy proposed as pending trials that this process holds; what is in the study
  /// already at that fidelity is left out.
  ///
  /// `nil` where others, since the study was read, have added all of it or spent the budget, or anything
  /// where the proposals stand only on the study as it was. It has been read again; ask again.
  ///
  /// - Parameters:
  ///   - proposals: what to claim.
  ///   - source: the strategy's name.
  ///   - device: that they are judged on; empty where none is.
  ///   - seed: of their evaluations.
  ///   - budget: evaluations of full fidelity that the study may spend: the last one is begun below it.
  ///   - standsAlone: whether they stand though others have added to the study.
  ///   - duration: how long it took to propose all of them.
  ///
  /// Throws a `SearchError` where one is not canonical in the space; then none is added.
  public func claim(
    _ proposals: [Proposal], source: String, device: String = "", seed: UInt64 = 0,
    within budget: Double = .infinity, standsAlone: Bool = true,
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
    let numbers = try writeAsWorker { db, worker in
      let others = try TrialRow.changed(after: revision, in: db).map(\.trial)
        .filter { $0.number >= study.trials.count }
      guard others.isEmpty || standsAlone else { return [Int]() }
      let taken = others.map { Proposal($0.architecture, fidelity: $0.fidelity) }
      var spent = others.reduce(study.spent) { $0 + $1.fidelity }
      var numbers: [Int] = []
      for proposal in new where spent < budget && !taken.contains(proposal) {
        let trial = Trial(
          number: study.trials.count + others.count + numbers.count,
          architecture: proposal.architecture, fidelity: proposal.fidelity, source: source,
          estimator: header.estimator.name, device: device, seed: seed)
        try TrialRow.insert(trial, proposedIn: duration / new.count, worker: worker, to: db)
        numbers.append(trial.number)
        spent += proposal.fidelity
      }
      return numbers
    }
    guard let last = numbers.last else { return nil }
    // Of a damaged index nothing is known but what is missing.
    guard study.trials.indices.contains(last) else { throw FileError(unfoundIn: path) }
    return numbers.map { study.trials[$0] }
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
