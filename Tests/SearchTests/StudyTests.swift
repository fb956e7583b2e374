import Foundation
import Laws
import Search
import Testing

struct StudyTests {
  private let goal = SearchGoal(
    .init(.maximise, "accuracy"), under: [.init("latency", atMost: 2)])

  private func sample() throws -> Study {
    var study = Study(try SampleSpaces.plain())
    let outcomes: [[String: Double]?] = [
      ["accuracy": 0.7, "latency": 1], ["accuracy": 0.9, "latency": 3],
      ["accuracy": 0.8, "latency": 2], nil, ["accuracy": .nan, "latency": 1],
      ["accuracy": 0.8, "latency": 1], ["accuracy": 0.99],
    ]
    for (number, metrics) in outcomes.enumerated() {
      let architecture = Architecture([number % 3, 0, number / 3, 0, 0, 0])
      study.append(architecture, source: "test", seed: .max - UInt64(number))
      if let metrics {
        study.complete(number, metrics: metrics, duration: .nanoseconds(1_234_567_891))
      } else {
        study.fail(number, reason: "out of memory")
      }
    }
    study.append([0, 1, 0, 0, 0, 0], source: "test", metrics: ["macs": 1e9])
    return study
  }

  @Test func jsonReadsBack() throws {
    let study = try sample()
    let json = try study.json()
    let back = try Study(json: json)
    // NaN is not equal to itself, so the study is compared by its text and without that trial.
    #expect(try back.json() == json)
    #expect(back.trials[4].metrics["accuracy"]?.isNaN == true)
    #expect(back.trials[0] == study.trials[0] && back.trials[3] == study.trials[3])
    #expect(back.trials[0].seed == .max)
    #expect(back.trials[0].duration == .nanoseconds(1_234_567_891))
  }

  @Test func brokenFilesAreRefused() throws {
    let json = String(decoding: try sample().json(), as: UTF8.self)
    let misplaced = json.replacingOccurrences(of: #""number":1,"#, with: #""number":9,"#)
    #expect(throws: SearchError("trial 9 stands in place 1 of its study")) {
      try Study(json: Data(misplaced.utf8))
    }
    let foreign = json.replacingOccurrences(of: "[1,0,0,0,0,0]", with: "[7,0,0,0,0,0]")
    #expect(
      throws: SearchError("trial 1's architecture [7,0,0,0,0,0] is not in the study's space")
    ) {
      try Study(json: Data(foreign.utf8))
    }
  }

  @Test func bestIsFeasibleAndOldest() throws {
    let study = try sample()
    #expect(study.best(by: goal)?.number == 2)
    #expect(study.best(by: SearchGoal(.init(.maximise, "accuracy")))?.number == 6)
    #expect(study.best(by: SearchGoal(.init(.minimise, "accuracy")))?.number == 0)
    #expect(study.best(by: SearchGoal(.init(.minimise, "macs"))) == nil)
  }

  @Test func feasibleTrialsComeFirst() throws {
    let trials = try sample().trials
    #expect(trials.filter(goal.isFeasible).map(\.number) == [0, 2, 5])
    #expect(goal.prefers(trials[0], to: trials[1]), "feasible before better")
    #expect(goal.prefers(trials[1], to: trials[6]), "a small excess before an unknown one")
    #expect(goal.prefers(trials[1], to: trials[3]), "anything before a failure")
    #expect(!goal.prefers(trials[4], to: trials[3]) && !goal.prefers(trials[7], to: trials[3]))
    #expect(!goal.prefers(trials[2], to: trials[5]) && !goal.prefers(trials[5], to: trials[2]))
  }

  @Test func lowFidelityCountsAsItself() throws {
    var study = try sample()
    study.append([2, 1, 1, 0, 0, 0], fidelity: 0.25, source: "test", estimator: "short")
    study.complete(8, metrics: ["accuracy": 1, "latency": 1])
    #expect(study.best(by: goal)?.number == 2, "only full fidelity is the architecture's own")
    #expect(
      !goal.isFeasible(study.trials[8]) && !goal.prefers(study.trials[8], to: study.trials[3]))
    #expect(!study.front(by: goal).trials.contains { $0.number == 8 })
    #expect(study.history.contains([2, 1, 1, 0, 0, 0]))
    #expect(study.history.contains(Proposal([2, 1, 1, 0, 0, 0], fidelity: 0.25)))
    #expect(!study.history.contains(Proposal([2, 1, 1, 0, 0, 0])))
    #expect(study.history.architectureCount(atFidelity: 0.25) == 1)
    let back = try Study(json: study.json())
    #expect(back.trials[8] == study.trials[8])
  }

  @Test func outcomesAreMergedOnce() throws {
    let study = try sample()
    var other = try Study(study.space, trials: Array(study.trials))
    let pending = study.trials[7]
    let done = Trial(
      number: 7, architecture: pending.architecture, source: "elsewhere", state: .complete,
      metrics: ["accuracy": 1])
    try other.merge(done)
    #expect(other.trials[7] == done && other.pendingTrials.isEmpty)
    #expect(throws: SearchError("trial 7 is in the study already, as another")) {
      try other.merge(done)
    }
  }

  @Test func trialsAreFoundByArchitecture() throws {
    var study = try sample()
    study.append([2, 0, 0, 0, 0, 0], source: "again")
    #expect(study.trials(of: [2, 0, 0, 0, 0, 0]).map(\.number) == [2, 8])
    #expect(study.trials(of: [2, 1, 0, 0, 0, 0]).isEmpty)
    #expect(study.history.contains([0, 0, 1, 0, 0, 0]), "failed ones too")
    #expect(study.history.count == 9 && study.history.architectureCount == 8)
    #expect(study.pendingTrials.map(\.number) == [7, 8])
    study.complete(7, metrics: ["accuracy": 1])
    #expect(study.trials[7].metrics == ["accuracy": 1, "macs": 1e9])
  }

  @Test func aLimitMayBeTheLeast() throws {
    let limit = Constraint("top1", atLeast: 0.9)
    #expect(limit.isMet(by: 0.9) && limit.isMet(by: 1) && !limit.isMet(by: 0.89))
    #expect(!limit.isMet(by: .nan))
    let read = try JSONDecoder().decode(Constraint.self, from: JSONEncoder().encode(limit))
    #expect(read == limit)
    // Written before there was a least.
    let old = Data(#"{"metric": "parameters", "limit": 7}"#.utf8)
    #expect(
      try JSONDecoder().decode(Constraint.self, from: old) == Constraint("parameters", atMost: 7))
  }
}
