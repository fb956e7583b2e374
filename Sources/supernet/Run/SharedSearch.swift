import Compute
import Export
import Ranks
import Search
import Studies

/// The search of a run by many ranks: the first one has the study, all judge and time.
extension SearchStage {
  /// What the other ranks do while the first one searches: as it asks.
  func assist() throws {
    try run.requireSupernet()
    _ = try agree()
    try worker(
      InheritedEstimator(try run.estimator(), validation: try run.labelled(validation))
    ).work()
  }

  /// All ranks, for the first of them; nil where there is one.
  func crew() throws -> RankCrew? {
    try agree().map { RankCrew(run.ranks, devices: $0) }
  }

  /// All ranks have the same to search, and tell what they have to do it with.
  private func agree() throws -> RankDevices? {
    try run.requireSameRun()
    try run.supernet.followFirstRank(of: run.ranks)
    return try run.rankDevices()
  }

  /// This rank at work, with timers of its own: what others do beside makes them slower.
  private func worker(_ judge: InheritedEstimator) -> RankWorker {
    RankWorker(run.ranks, judgingBy: judge) { device, procedure in
      LatencyTimer(try run.supernet(on: device), procedure: procedure)
    }
  }

  /// Fills the study by all ranks.
  ///
  /// - Parameters:
  ///   - plan: how.
  ///   - crew: all of them.
  ///   - judge: this rank's.
  ///   - header: the study's.
  ///   - costs: that are wanted of each candidate.
  func share(
    _ plan: SearchPlan, among crew: RankCrew, _ judge: InheritedEstimator, _ header: StudyHeader,
    _ costs: [String]
  ) throws {
    let (space, path, tables) = (run.configuration.space, run.folder.study, tables)
    let kind = RankEstimator.Kind(of: judge)
    _ = try crew.search(worker(judge)) { seat in
      let sources = try DeviceSources(tables: tables, for: space) {
        try RankTimer($0, for: seat.rank, of: crew)
      }
      let costs = try CandidateCosts(costs, of: space, source: sources.source)
      let search = SubnetSearch(
        RankEstimator(kind, on: seat.rank, of: crew), of: space,
        on: crew.devices.judging(on: seat.rank),
        in: try StudyFile(path, of: header), costs: costs.values)
      return try plan.run(search, in: seat, isEnding: { crew.isEnding })
    }
  }
}
