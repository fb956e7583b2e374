/// Proposes where a model of the trials expects the most improvement.
///
/// Sources: Mockus 1975 and Jones, Schonlau and Welch 1998 (expected improvement); Gardner et al.
/// 2014, "Bayesian optimization with inequality constraints" (times the chance to be feasible);
/// Knowles 2006, "ParEGO" (several objectives); Hutter, Hoos and Leyton-Brown 2011, "SMAC" (trees as
/// the model, candidates by local search).
public struct BayesianOptimization: SearchStrategy {
  /// What predicts an evaluation.
  public enum Model: Sendable { case gaussianProcess, trees }

  public let seed: UInt64
  public let model: Model
  /// The number of trials drawn at random before the model is asked.
  public let startCount: Int
  /// The number of candidates that the model judges for one proposal, local search aside.
  public let candidateCount: Int
  private let memo = HistoryMemo<Observations>()

  public init(
    seed: UInt64, model: Model = .gaussianProcess, startCount: Int = 10, candidateCount: Int = 300
  ) {
    precondition(startCount > 1, "\(startCount) trials teach no model")
    self.seed = seed
    self.model = model
    self.startCount = startCount
    self.candidateCount = candidateCount
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let start = {
      Observations(
        in: request.space, by: request.goal, isProcess: model == .gaussianProcess)
    }
    memo.withSummary(of: request, from: start) { observations in
      guard observations.count - observations.pendingCount >= startCount else {
        return batch.fillWithRandom()
      }
      let targets = Targets(observations, using: &batch.generator)
      var surrogate = surrogate(observations, targets, batch.generator)
      for index in observations.points.indices where observations.losses[0][index].isNaN {
        surrogate.believe(observations.points[index])
      }
      while !batch.isFull {
        let acquisition = Acquisition(surrogate, targets, in: request.space)
        let ranking = acquisition.ranking(
          after: request.history, around: observations.elite.parents, count: candidateCount,
          using: &batch.generator)
        guard let found = ranking.first(where: { batch.offer($0) }) else {
          if batch.addRandom() { continue }
          break
        }
        if !batch.isFull { surrogate.believe(request.space.point(found)) }
      }
    }
    return batch.proposals
  }

  private func surrogate(
    _ observations: Observations, _ targets: Targets, _ generator: SeededGenerator
  ) -> any Surrogate {
    let known = targets.known.map { observations.points[$0] }
    guard let process = observations.process else {
      return TreeSurrogate(known, targets.values, generator)
    }
    let isWhole = observations.pendingCount == 0
    return ProcessSurrogate(
      isWhole ? process : GaussianProcess(process.kernel, points: known), targets.values)
  }
}
