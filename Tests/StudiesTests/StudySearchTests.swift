import Foundation
import Search
import Studies
import Testing

struct StudySearchTests {
  private struct Failure: Error {}

  @Test func goesOnAsIfItHadNotStopped() throws {
    let (whole, parts) = (try TemporaryStudy(), try TemporaryStudy())
    #expect(try whole.open().search(40) == .spent)
    for stop in [7, 8, 25] {
      let file = try parts.open()
      #expect(
        try file.search(40, isInterrupted: { file.study.trials.count >= stop }) == .interrupted)
    }
    #expect(throws: Failure.self) { try parts.open().search(40) { _ in throw Failure() } }
    let left = try StudyFile(readingFrom: parts.path).study
    // The trial that was claimed when the search was stopped, and given back twice.
    #expect(left.trials.count == 25 && left.pendingTrials.map(\.number) == [24])
    #expect(try parts.open().search(40) == .spent)
    let studies = try [whole, parts].map { try StudyFile(readingFrom: $0.path).study.trials }
    #expect(studies[0].map(\.architecture) == studies[1].map(\.architecture))
    #expect(studies[0].map(\.metrics) == studies[1].map(\.metrics))
  }

  @Test func endsWhereNothingIsLeft() throws {
    let place = try TemporaryStudy()
    #expect(try place.open().search(10_000) == .exhausted)
    let file = try StudyFile(readingFrom: place.path)
    #expect(Double(file.study.trials.count) == file.header.space.count)
  }

  @Test func aFailureIsAStateAndTheSearchGoesOn() throws {
    let place = try TemporaryStudy()
    defer { withExtendedLifetime(place) {} }
    let file = try place.open()
    let ending = try StudySearch(file, RandomSearch(seed: 1), named: "random").run(
      [.init(TemporaryStudy.goal)], budget: 6
    ) { trial in
      trial.number % 2 == 0 ? .failed(reason: "too large") : .measured(["accuracy": 1])
    }
    #expect(ending == .spent && file.study.trials.count == 6)
    #expect(file.study.trials[4].state == .failed(reason: "too large"))
  }

  @Test func partsOfAnEvaluationAddUp() throws {
    struct Thirds: SearchStrategy {
      func proposals(for request: SearchRequest) -> [Proposal] {
        RandomSearch(seed: 1).proposals(for: request).map {
          Proposal($0.architecture, fidelity: 1 / 3.0)
        }
      }
    }
    let place = try TemporaryStudy()
    defer { withExtendedLifetime(place) {} }
    let file = try place.open()
    let ending = try StudySearch(file, Thirds(), named: "thirds")
      .run([.init(TemporaryStudy.goal)], budget: 4) { _ in .measured([:]) }
    #expect(ending == .spent && file.study.trials.count == 12)
  }

  @Test func anAimThatAdmitsNothingEndsTheSearch() throws {
    let place = try TemporaryStudy()
    defer { withExtendedLifetime(place) {} }
    let file = try place.open()
    var asked = 0
    let search = StudySearch(file, RandomSearch(seed: 1), named: "random")
    // All are asked for, unless that takes too long.
    for (limit, count) in [(100_000, Int(file.header.space.count)), (100, 100)] {
      asked = 0
      let aim = StudySearch.Aim(TemporaryStudy.goal, refusalLimit: limit) { _ in
        asked += 1
        return false
      }
      let ending = try search.run([aim], budget: 4) { _ in .measured([:]) }
      #expect(ending == .exhausted && asked == count)
    }
    #expect(throws: Failure.self) {
      try search.run([.init(TemporaryStudy.goal) { _ in throw Failure() }], budget: 4) { _ in
        .measured([:])
      }
    }
  }

  /// Whom two searches ask does one thing after the other: no time is counted twice.
  @Test func evaluationsOfOneJudgeDoNotOverlap() throws {
    let places = try [TemporaryStudy(), TemporaryStudy()]
    defer { withExtendedLifetime(places) {} }
    let (outer, inner) = (try places[0].open(), try places[1].open())
    let clock = EvaluationClock()
    func search(_ file: StudyFile, _ evaluate: () throws -> Void) throws {
      _ = try StudySearch(file, RandomSearch(seed: 1), named: "random", clock: clock)
        .run([.init(TemporaryStudy.goal)], budget: 1) { _ in
          try evaluate()
          return .measured([:])
        }
    }
    let start = ContinuousClock.now
    // The inner one is asked for later and done first.
    try search(outer) { try search(inner) { usleep(20_000) } }
    let durations = [outer, inner].map { $0.study.trials[0].duration }
    #expect(durations[1] >= .milliseconds(20))
    #expect(durations[0] > .zero && durations[0] + durations[1] <= ContinuousClock.now - start)
  }

  /// What an error keeps this process from is another one's to take over.
  @Test func anErrorLeavesNothingHeld() throws {
    let place = try TemporaryStudy()
    let (file, other) = (try place.open(), try place.open())
    let search = StudySearch(file, RandomSearch(seed: 1), named: "random")
    #expect(throws: Failure.self) {
      try search.run([.init(TemporaryStudy.goal)], budget: 4, batch: 3) { trial in
        guard trial.number == 0 else { throw Failure() }
        return .measured(["accuracy": 1])
      }
    }
    #expect(
      try [other.takeOver(), other.takeOver(), other.takeOver()].map { $0?.number } == [1, 2, nil])
  }
}
