import Laws
import Search
import Testing

/// What single strategies do, step by step.
struct StrategyStepTests {
  private let goal = SearchGoal(.init(.maximise, "accuracy"))

  private func ask(
    _ strategy: any SearchStrategy, _ count: Int, _ study: Study, goal: SearchGoal? = nil
  ) -> [Proposal] {
    strategy.proposals(for: SearchRequest(count, after: study, goal: goal ?? self.goal))
  }

  private func evaluate(_ proposals: [Proposal], in study: inout Study) {
    for proposal in proposals {
      let number = study.append(proposal, source: "test")
      study.complete(number, metrics: study.space.sampleMetrics(proposal.architecture))
    }
  }

  @Test func climbingLooksAtAllNeighboursThenMoves() throws {
    let strategy = HillClimbing(seed: 2)
    var study = Study(try SampleSpaces.plain())
    var place: Architecture?
    // Up to the first summit, whatever the batch: all neighbours, then those of the best.
    for _ in 0..<12 {
      let from = place
      while true {
        let answer = ask(strategy, 3, study)
        if let from, !answer.allSatisfy({ study.space.distance($0.architecture, from) == 1 }) {
          break
        }
        evaluate(answer, in: &study)
        if from == nil { break }
      }
      let known = study.trials.map(\.architecture)
      guard let from else {
        #expect(known.count == 1)
        place = known[0]
        continue
      }
      let neighbours = study.space.neighbours(from)
      #expect(neighbours.allSatisfy(known.contains))
      func accuracy(_ architecture: Architecture) -> Double {
        study.space.sampleMetrics(architecture)["accuracy"] ?? .nan
      }
      let best = try #require(neighbours.max { accuracy($0) < accuracy($1) })
      guard accuracy(best) > accuracy(from) else { return }
      place = best
    }
    Issue.record("no summit within twelve moves")
  }

  @Test func theBestOfARungArePromoted() throws {
    let strategy = Hyperband(seed: 3, brackets: .first)
    var study = Study(try SampleSpaces.huge())
    var members: [Architecture] = []
    for (count, divisor) in [(27, 27.0), (9, 9), (3, 3), (1, 1)] {
      let answer = ask(strategy, count, study)
      #expect(answer.count == count && answer.allSatisfy { $0.fidelity == 1 / divisor })
      if !members.isEmpty {
        let ranked = members.sorted {
          (study.space.sampleMetrics($0)["accuracy"] ?? 0)
            > (study.space.sampleMetrics($1)["accuracy"] ?? 0)
        }
        #expect(Set(answer.map(\.architecture)) == Set(ranked.prefix(count)))
      }
      members = answer.map(\.architecture)
      evaluate(answer, in: &study)
    }
    #expect(ask(strategy, 1, study).first?.fidelity == 1 / 27.0, "the next bracket")
  }

  @Test func bracketsOfARoundStartHigherEachTime() throws {
    let strategy = Hyperband(seed: 3)
    var study = Study(try SampleSpaces.huge())
    while study.trials.count < 120 { evaluate(ask(strategy, 1, study), in: &study) }
    let counts = [27.0, 9, 3, 1].map { divisor in
      study.trials.count { $0.fidelity == 1 / divisor }
    }
    // Rungs of 27-9-3-1, 12-4-1, 6-2 and 4 members, then the next round.
    let round = study.trials.prefix(40 + 17 + 8 + 4)
    #expect(round.count { $0.fidelity == 1 } == 1 + 1 + 2 + 4)
    #expect(round.count { $0.fidelity == 1 / 27.0 } == 27)
    #expect(counts[0] > 27, "the second round has begun")
  }

  @Test(arguments: ["reinforce", "ppo"])
  func controllersLearnWhatIsRewarded(name: String) throws {
    let strategy = try StrategyCatalogue.entry(named: name).make(1)
    var study = Study(try SampleSpaces.huge())
    while study.trials.count < 300 { evaluate(ask(strategy, 1, study), in: &study) }
    func mean(_ trials: some Collection<Trial>) -> Double {
      trials.reduce(0) { $0 + ($1.metrics["accuracy"] ?? 0) } / Double(trials.count)
    }
    let (early, late) = (mean(study.trials.prefix(30)), mean(study.trials.suffix(30)))
    #expect(late > early + 4, "\(early), then \(late)")
  }

  @Test(arguments: ["bayesian", "trees", "evolution", "genetic", "nsga2"])
  func limitsAreLearned(name: String) throws {
    let strategy = try StrategyCatalogue.entry(named: name).make(1)
    // About one random member in eight keeps to it.
    let goal = SearchGoal(.init(.maximise, "accuracy"), under: [.init("cost", atMost: 38)])
    var study = Study(try SampleSpaces.huge())
    while study.trials.count < 150 { evaluate(ask(strategy, 1, study, goal: goal), in: &study) }
    let feasible = study.trials.suffix(40).count(where: goal.isFeasible)
    #expect(feasible >= 15, "\(name)")
    let accuracies = study.trials.filter(goal.isFeasible).map { $0.metrics["accuracy"] ?? 0 }
    let (early, late) = (accuracies.first ?? .infinity, accuracies.max() ?? 0)
    #expect(late > early, "\(name)")
  }

  @Test func factorsGrowToTheSameBits() throws {
    var generator = SeededGenerator(seed: 5)
    let roots = (0..<12).map { _ in (0..<12).map { _ in generator.unit() } }
    let matrix = (0..<12).map { i in
      (0..<12).map { j in
        zip(roots[i], roots[j]).reduce(i == j ? 0.1 : 0) { $0 + $1.0 * $1.1 }
      }
    }
    let whole = try #require(CholeskyFactor(matrix))
    var grown = try #require(CholeskyFactor(matrix.prefix(7).map { Array($0.prefix(7)) }))
    for row in 7..<12 { grown.append(Array(matrix[row][..<row]), diagonal: matrix[row][row]) }
    let right = (0..<12).map(Double.init)
    #expect(whole.solved(right) == grown.solved(right))
    let solution = whole.solved(right)
    let product: [Double] = matrix.map { row in
      zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(zip(product, right).allSatisfy { abs($0 - $1) < 1e-9 })
    for (i, row) in whole.inverse().enumerated() {
      var unit = [Double](repeating: 0, count: 12)
      unit[i] = 1
      #expect(zip(row, whole.solved(unit)).allSatisfy { abs($0 - $1) < 1e-9 })
    }
    #expect(CholeskyFactor([[1, 2], [2, 1]]) == nil, "not positive definite")
  }
}
