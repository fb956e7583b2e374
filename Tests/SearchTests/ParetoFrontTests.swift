import Search
import Testing

struct ParetoFrontTests {
  private static let objectives: [Objective] = [
    .init(.maximise, "a"), .init(.minimise, "b"), .init(.minimise, "c"),
  ]

  private func trial(
    _ number: Int, _ a: Double, _ b: Double, _ c: Double = 0, architecture: Architecture? = nil,
    state: Trial.State = .complete
  ) -> Trial {
    Trial(
      number: number, architecture: architecture ?? [number], source: "test", state: state,
      metrics: ["a": a, "b": b, "c": c])
  }

  @Test func keepsWhatNothingDominates() {
    let trials = [
      trial(0, 1, 1), trial(1, 3, 3), trial(2, 2, 3), trial(3, 2, 2), trial(4, 3, 4),
      trial(5, 0, 1),
    ]
    let front = ParetoFront(of: trials, objectives: Array(Self.objectives.prefix(2)))
    #expect(front.trials.map(\.number) == [1, 3, 0])
  }

  @Test func leavesOutWhatCannotBeCompared() {
    let trials = [
      trial(0, 1, 1), trial(1, .nan, 0), trial(2, .infinity, 0), trial(3, 9, 0, state: .pending),
      trial(4, 9, 0, state: .failed(reason: "")),
      Trial(number: 5, architecture: [5], source: "", state: .complete, metrics: ["a": 9]),
      trial(6, 9, 5),
    ]
    let front = ParetoFront(
      of: trials, objectives: Array(Self.objectives.prefix(2)), under: [.init("b", atMost: 4)])
    #expect(front.trials.map(\.number) == [0])
    #expect(ParetoFront(of: [], objectives: Self.objectives).trials.isEmpty)
  }

  @Test func equalsStayAndRepeatsGo() {
    let trials = [
      trial(0, 1, 1), trial(1, 1, 1), trial(2, 1, 1, architecture: [0]), trial(3, 1, 2),
    ]
    for count in 1...3 {
      let front = ParetoFront(of: trials, objectives: Array(Self.objectives.prefix(count)))
      #expect(front.trials.map(\.number) == (count == 1 ? [0, 1, 3] : [0, 1]))
    }
  }

  @Test(arguments: 1...3)
  func agreesWithTheDefinition(objectiveCount: Int) {
    let objectives = Array(Self.objectives.prefix(objectiveCount))
    var generator = SeededGenerator(seed: UInt64(objectiveCount))
    for _ in 0..<30 {
      let trials = (0..<60).map { number in
        trial(
          number, Double.random(in: 0...9, using: &generator).rounded(),
          Double.random(in: 0...9, using: &generator).rounded(),
          Double.random(in: 0...9, using: &generator).rounded())
      }
      let losses = trials.map { trial in
        objectives.map { objective in
          (objective.direction == .minimise ? 1 : -1) * (trial.metrics[objective.metric] ?? .nan)
        }
      }
      let expected = trials.indices.filter { index in
        !trials.indices.contains { other in
          losses[other] != losses[index]
            && zip(losses[other], losses[index]).allSatisfy { $0 <= $1 }
        }
      }
      let front = ParetoFront(of: trials.shuffled(using: &generator), objectives: objectives)
      #expect(front.trials.map(\.number).sorted() == expected)
      #expect(front == ParetoFront(of: trials, objectives: objectives))
    }
  }
}
