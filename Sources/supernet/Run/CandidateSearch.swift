import Compute
import Export
import Search
import Studies

/// A search of a space by one process or thread: what its candidates are judged by, and cost.
struct CandidateSearch {
  let file: StudyFile
  let goal: SearchGoal
  let estimator: any Estimator
  let costs: CandidateCosts
  /// That candidates are judged on; empty where none is.
  let device: String

  /// Searches until the study has spent a budget, or is to end.
  ///
  /// - Parameters:
  ///   - strategy: that proposes.
  ///   - seed: of every evaluation.
  ///   - seat: of ranks' threads the one that searches; each one's strategy draws its own.
  ///   - budget: evaluations of full fidelity, those of others included.
  ///   - isInterrupted: asked before each evaluation.
  ///   - afterTrial: told each change of the study.
  func run(
    _ strategy: StrategyEntry, seed: Int, in seat: RankSeat? = nil, budget: Int,
    isInterrupted: () -> Bool, afterTrial: (StudyFile) throws -> Void
  ) throws -> StudySearch.Ending {
    let search = StudySearch(
      file, strategy.make(UInt64(seed) &+ UInt64(seat?.number ?? 0)), named: strategy.name,
      device: device, seed: UInt64(seed), clock: seat?.clock ?? EvaluationClock())
    let aim =
      costs.areTimed
      ? StudySearch.Aim(
        goal, refusalLimit: StudySearch.Aim.timedRefusalLimit, admits: admits)
      : StudySearch.Aim(goal, admits: admits)
    do {
      return try search.run(
        [aim], budget: budget, isInterrupted: isInterrupted,
        evaluate: { trial in
          // Others may have added to it.
          estimator.recall(file.study.trials)
          return try evaluate(trial)
        }, afterTrial: afterTrial)
    } catch is CancellationError {
      return .interrupted
    }
  }

  private func admits(_ architecture: Architecture) throws -> Bool {
    do {
      let known = try costs.values(of: architecture)
      return goal.constraints.allSatisfy { constraint in
        known[constraint.metric].map(constraint.isMet) ?? true
      }
    } catch let error as DeviceError where error.cause != .lost {
      return false
    }
  }

  private func evaluate(_ trial: Trial) throws -> StudySearch.Outcome {
    let metrics: [String: Double]
    do {
      let costs = try costs.values(of: trial.architecture)
      metrics = try estimator.metrics(
        of: trial.architecture, fidelity: trial.fidelity, seed: trial.seed
      ).merging(costs) { _, counted in counted }
    } catch let error as EstimationError {
      return .failed(reason: "\(error)")
    } catch let error as DeviceError where error.cause != .lost {
      return .failed(reason: "\(error)")
    }
    if let missing = goal.metrics.first(where: { metrics[$0] == nil }) {
      return .failed(reason: "\(missing) was not measured")
    }
    return .measured(metrics)
  }
}
