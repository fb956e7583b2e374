#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Draws from a controller that learns which options are rewarded.
///
/// Sources: Zoph and Le 2017, "Neural architecture search with reinforcement learning" (arXiv
/// 1611.01578); the controller of independent choices is that of Dong and Yang 2020 (arXiv
/// 2001.00326), section 4; PPO: Schulman et al. 2017 (arXiv 1707.06347), equation 7.
public struct PolicyGradient: SearchStrategy {
  /// How the controller learns from its trials.
  public enum Update: Sendable, Equatable {
    /// REINFORCE, a step after each trial: its reward less the moving mean of those before.
    case reinforce
    /// PPO, after each batch of trials: a few passes, in which no trial's odds count as changed by
    /// more than `clip`.
    case proximal(batch: Int, passes: Int, clip: Double)
  }

  public let seed: UInt64
  public let update: Update
  public let learningRate: Double
  /// What a unit of the controller's entropy is worth in reward.
  public let entropyWeight: Double
  private let memo = HistoryMemo<Learner>()

  public init(
    seed: UInt64, update: Update = .reinforce, learningRate: Double = 0.1,
    entropyWeight: Double = 0.01
  ) {
    if case .proximal(let batch, let passes, _) = update {
      precondition(batch > 0 && passes > 0, "\(passes) passes over \(batch) trials")
    }
    self.seed = seed
    self.update = update
    self.learningRate = learningRate
    self.entropyWeight = entropyWeight
  }

  public func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let start = { Learner(self, in: request.space, goal: request.goal) }
    memo.withSummary(of: request, from: start) { learner in
      while batch.add({ learner.controller.sample(using: &$0) }) {}
    }
    return batch.proposals
  }

  private struct Learner: HistorySummary {
    let update: Update
    let learningRate: Double
    let entropyWeight: Double
    let goal: SearchGoal
    private(set) var controller: Controller
    private var scale = RewardScale()
    private var baseline = 0.5
    private var lessons: [(architecture: Architecture, advantage: Double)] = []

    init(_ strategy: PolicyGradient, in space: SearchSpace, goal: SearchGoal) {
      update = strategy.update
      learningRate = strategy.learningRate
      entropyWeight = strategy.entropyWeight
      self.goal = goal
      controller = Controller(for: space)
    }

    mutating func take(_ trial: Trial) {
      guard trial.fidelity == 1, trial.state != .pending else { return }
      let reward = scale.reward(goal.rank(trial))
      lessons.append((trial.architecture, reward - baseline))
      baseline += 0.1 * (reward - baseline)
      switch update {
      case .reinforce:
        learn(weights: [1])
        lessons.removeAll()
      case .proximal(let batch, let passes, let clip):
        guard lessons.count == batch else { return }
        learn(passes: passes, clip: clip)
        lessons.removeAll()
      }
    }

    /// One step along the lessons' advantages, each times its weight.
    private mutating func learn(weights: [Double]) {
      var gradient = controller.zeroGradient
      for (lesson, weight) in zip(lessons, weights) {
        controller.addGradient(
          lesson.architecture, weight: weight * lesson.advantage / Double(lessons.count),
          to: &gradient)
      }
      controller.addEntropyGradient(weight: entropyWeight, to: &gradient)
      controller.climb(gradient, rate: learningRate)
    }

    private mutating func learn(passes: Int, clip: Double) {
      let old = lessons.map { controller.logLikelihood($0.architecture) }
      for _ in 0..<passes {
        let weights = zip(lessons, old).map { lesson, old in
          let ratio = exp(controller.logLikelihood(lesson.architecture) - old)
          // The clipped surrogate is flat where the odds went far enough the right way.
          let isDone = lesson.advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip
          return isDone ? 0 : ratio
        }
        learn(weights: weights)
      }
    }
  }
}
