/// What a model learns from: the trials of full fidelity, failed and pending ones too.
struct Observations: HistorySummary {
  private let space: SearchSpace
  private let goal: SearchGoal
  private(set) var architectures: [Architecture] = []
  /// The choices of each, -1 where a dimension is inactive.
  private(set) var points: [[Int]] = []
  /// `[objective][trial]`, less is better; infinite for what failed, NaN while pending.
  private(set) var losses: [[Double]]
  /// `[constraint][trial]`, by how much each limit is passed: up to 0 is allowed.
  private(set) var slacks: [[Double]]
  private(set) var elite: Elite
  private(set) var pendingCount = 0
  /// Grown with the trials; `nil` where another model is used.
  private(set) var process: GaussianProcess?

  private static let eliteCount = 10
  private static let learningLimit = 96

  init(in space: SearchSpace, by goal: SearchGoal, isProcess: Bool) {
    self.space = space
    self.goal = goal
    losses = goal.objectives.map { _ in [] }
    slacks = goal.constraints.map { _ in [] }
    elite = Elite(Self.eliteCount, by: goal)
    if isProcess { process = GaussianProcess(ArchitectureKernel(for: space)) }
  }

  var count: Int { points.count }

  mutating func take(_ trial: Trial) {
    guard trial.fidelity == 1 else { return }
    let isPending = trial.state == .pending
    pendingCount += isPending ? 1 : 0
    elite.take(trial)
    architectures.append(trial.architecture)
    points.append(space.point(trial.architecture))
    for (index, objective) in goal.objectives.enumerated() {
      losses[index].append(isPending ? .nan : objective.loss(of: trial) ?? .infinity)
    }
    for (index, constraint) in goal.constraints.enumerated() {
      let value = trial.metrics[constraint.metric] ?? .nan
      slacks[index].append(isPending ? .nan : constraint.overshoot(of: value))
    }
    guard process != nil else { return }
    if isLearningDue, pendingCount == 0 {
      learn()
    } else {
      let point = points[count - 1]
      process?.append(point)
    }
  }

  /// Weights are learned at 8 trials, and again each time there are half as many more.
  private var isLearningDue: Bool {
    var due = 8
    while due < count { due += due / 2 }
    return due == count
  }

  private mutating func learn() {
    let scores = NormalDistribution.scores(losses[0])
    var chosen = Array(scores.indices)
    if chosen.count > Self.learningLimit {
      // The best half of them, and some of all the others.
      chosen.sort { (scores[$0], $0) < (scores[$1], $1) }
      let half = Self.learningLimit / 2
      let rest = chosen.count - half
      chosen = Array(chosen.prefix(half)) + (0..<half).map { chosen[half + $0 * rest / half] }
    }
    var kernel = ArchitectureKernel(for: space)
    kernel.learn(points: chosen.map { points[$0] }, values: chosen.map { scores[$0] })
    process = GaussianProcess(kernel, points: points)
  }
}

extension SearchSpace {
  /// The choices of an architecture, -1 where a dimension is inactive.
  func point(_ architecture: Architecture) -> [Int] {
    dimensions.indices.map {
      isActive($0, given: architecture.choices) ? architecture.choices[$0] : -1
    }
  }
}
