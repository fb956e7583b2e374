import Search

/// What a proposal costs in a large space as the history grows.
struct ProposalCost: Encodable {
  var strategy: String
  var proposals: Int
  var meanMicroseconds: Double
  /// The mean of the last tenth, when the history was longest.
  var lastMicroseconds: Double
  var slowestMilliseconds: Double

  /// Proposes one at a time until there are so many, or so much time has gone.
  init(_ entry: StrategyEntry, proposals limit: Int, within: Duration) throws {
    let space = try SearchSpace((0..<30).map { Dimension("layer\($0)", [1, 3, 5, 7]) })
    let metric = "accuracy"
    let goal = SearchGoal(Objective(.maximise, metric))
    let strategy = entry.make(1)
    var study = Study(space)
    var times: [Duration] = []
    let end = ContinuousClock.now + within
    while times.count < limit, ContinuousClock.now < end {
      let start = ContinuousClock.now
      let answer = strategy.proposals(for: SearchRequest(1, after: study, goal: goal))
      times.append(ContinuousClock.now - start)
      guard let proposal = answer.first else { break }
      let accuracy = proposal.architecture.choices.enumerated().reduce(0) { sum, place in
        sum + (place.offset * 4 + place.element) * 7919 % 101
      }
      study.complete(
        study.append(proposal, source: "benchmark"),
        metrics: [metric: Double(accuracy)])
    }
    func mean(_ times: some Collection<Duration>) -> Double {
      times.reduce(0) { $0 + $1.seconds } / Double(max(times.count, 1)) * 1e6
    }
    self.strategy = entry.name
    self.proposals = times.count
    meanMicroseconds = mean(times)
    lastMicroseconds = mean(times.suffix(max(times.count / 10, 1)))
    slowestMilliseconds = (times.max() ?? .zero).seconds * 1e3
  }
}
