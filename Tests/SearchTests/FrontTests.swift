import Laws
import Search
import Testing

/// Strategies for several objectives, against the front that brute force finds.
struct FrontTests {
  private let goal = SearchGoal([.init(.maximise, "accuracy"), .init(.minimise, "cost")])
  private static let budget = 100

  /// More costs more and helps less and less, each dimension in its own measure.
  private func complete(_ study: inout Study, _ architecture: Architecture) {
    var (accuracy, cost) = (0.0, 0.0)
    for (index, choice) in architecture.choices.enumerated() {
      accuracy += Double((index * 37) % 11 + 4) * Double(choice).squareRoot()
      cost += Double((index * 53) % 13 + 3) * Double(choice)
    }
    let number = study.append(architecture, source: "test")
    study.complete(number, metrics: ["accuracy": accuracy, "cost": cost])
  }

  /// The area that a front dominates, above the given cost nothing.
  private func area(_ front: ParetoFront, costLimit: Double) -> Double {
    var area = 0.0
    var right = costLimit
    for trial in front.trials {
      guard let accuracy = trial.metrics["accuracy"], let cost = trial.metrics["cost"] else {
        continue
      }
      // Best accuracy first: each one's own strip ends where the one before begins.
      area += max(right - cost, 0) * accuracy
      right = min(right, cost)
    }
    return area
  }

  @Test(arguments: ["nsga2", "bayesian", "trees"])
  func frontsComeNearBruteForce(name: String) throws {
    let space = try SampleSpaces.plain()
    var whole = Study(space)
    for architecture in space.allArchitectures { complete(&whole, architecture) }
    let truth = whole.front(by: goal)
    let costLimit = try #require(whole.trials.last?.metrics["cost"])

    func found(by strategy: any SearchStrategy) -> ParetoFront {
      var study = Study(space)
      while study.trials.count < Self.budget {
        let answer = strategy.proposals(for: SearchRequest(1, after: study, goal: goal))
        answer.forEach { complete(&study, $0.architecture) }
      }
      return study.front(by: goal)
    }
    for seed in 1...3 as ClosedRange<UInt64> {
      let front = found(by: try StrategyCatalogue.entry(named: name).make(seed))
      let part = area(front, costLimit: costLimit) / area(truth, costLimit: costLimit)
      let random = found(by: RandomSearch(seed: seed))
      let randomPart = area(random, costLimit: costLimit) / area(truth, costLimit: costLimit)
      print(
        "\(name) seed \(seed): \(front.trials.count) of \(truth.trials.count) on the front, area "
          + "\(part), of random search \(randomPart)")
      #expect(part > 0.96 && 1 - part < 0.67 * (1 - randomPart), "\(name), seed \(seed)")
    }
  }

  @Test func sortingAgreesWithTheDefinition() {
    var generator = SeededGenerator(seed: 7)
    for objectives in 1...3 {
      let losses = (0..<60).map { _ in
        (0..<objectives).map { _ in Double.random(in: 0...6, using: &generator).rounded() }
      }
      let excesses = losses.map { _ in Double.random(in: -2...2, using: &generator).rounded() }
        .map { max($0, 0) }
      func beats(_ one: Int, _ other: Int) -> Bool {
        if excesses[one] != excesses[other] { return excesses[one] < excesses[other] }
        return losses[one] != losses[other]
          && zip(losses[one], losses[other]).allSatisfy { $0 <= $1 }
      }
      var left = Array(losses.indices)
      var fronts: [[Int]] = []
      while !left.isEmpty {
        let front = left.filter { one in !left.contains { beats($0, one) } }
        fronts.append(front)
        left.removeAll(where: front.contains)
      }
      #expect(NondominatedSort(losses: losses, excesses: excesses).fronts == fronts)
    }
  }

  @Test func theLonelyAreFarFromOthers() {
    let distances = NondominatedSort.crowdingDistances([[0, 4], [1, 3], [2, 2], [4, 0]])
    #expect(distances == [.infinity, 1, 1.5, .infinity])
    #expect(NondominatedSort.crowdingDistances([]).isEmpty)
    #expect(
      NondominatedSort.crowdingDistances([[1, 1], [1, 1], [1, 1]]).filter(\.isInfinite).count == 2)
  }
}
