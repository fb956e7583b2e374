/// A cheap model of what an evaluation would tell: the goal's loss and each constraint's slack.
protocol Surrogate {
  /// The mean and deviation of each target at a point.
  func predictions(at point: [Int]) -> [(mean: Double, deviation: Double)]
  /// Takes its own means for what was measured there, so that the next proposal goes elsewhere.
  ///
  /// This is the "Kriging believer" of Ginsbourger, Le Riche and Carraro 2010.
  mutating func believe(_ point: [Int])
}

/// One Gaussian process for all targets: its kernel is learned from the main objective.
struct ProcessSurrogate: Surrogate {
  private var process: GaussianProcess
  private var values: [[Double]]
  private var evidence: [[Double]]

  /// - Parameter values: `[target][point of the process]`.
  init(_ process: GaussianProcess, _ values: [[Double]]) {
    self.process = process
    self.values = values
    evidence = values.map(process.evidence)
  }

  func predictions(at point: [Int]) -> [(mean: Double, deviation: Double)] {
    let prediction = process.prediction(at: point, evidence)
    return prediction.means.map { ($0, prediction.deviation) }
  }

  mutating func believe(_ point: [Int]) {
    let means = process.prediction(at: point, evidence).means
    process.append(point)
    for target in means.indices { values[target].append(means[target]) }
    evidence = values.map(process.evidence)
  }
}

/// An ensemble of trees for each target.
struct TreeSurrogate: Surrogate {
  private var points: [[Int]]
  private var values: [[Double]]
  private var generator: SeededGenerator
  private var ensembles: [RandomizedTrees] = []

  init(_ points: [[Int]], _ values: [[Double]], _ generator: SeededGenerator) {
    self.points = points
    self.values = values
    self.generator = generator
    grow()
  }

  private mutating func grow() {
    ensembles = values.map { RandomizedTrees(points, $0, using: &generator) }
  }

  func predictions(at point: [Int]) -> [(mean: Double, deviation: Double)] {
    ensembles.map { $0.prediction(at: point) }
  }

  mutating func believe(_ point: [Int]) {
    let means = predictions(at: point).map(\.mean)
    points.append(point)
    for target in means.indices { values[target].append(means[target]) }
    grow()
  }
}
