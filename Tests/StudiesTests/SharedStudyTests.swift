import Foundation
import Search
import Studies
import Synchronization
import Testing

/// Several workers on one study.
///
/// Each `StudyFile` stands for a process, with its own connection and its own lock. Tests of the
/// command line do the same with processes that are killed.
struct SharedStudyTests {
  /// What several threads write down.
  private final class Notes: Sendable {
    let numbers = Mutex<[Int]>([])
  }

  @Test func whatOthersHaveClaimedSinceIsLeftOut() throws {
    let place = try TemporaryStudy()
    let (one, other) = (try place.open(), try place.open())
    func proposals(_ first: [Int]) -> [Proposal] {
      first.map { Proposal(Architecture([$0, 0, 0, 0, 0, 0])) }
    }
    #expect(try one.claim(proposals([0, 1]), source: "one")?.map(\.number) == [0, 1])
    #expect(try other.claim(proposals([1]), source: "other") == nil)
    #expect(other.study.trials.count == 2, "it has been read again")
    #expect(try one.claimOne([0, 1, 0, 0, 0, 0])?.number == 2)
    let both = [
      Proposal(Architecture([0, 1, 0, 0, 0, 0])), Proposal(Architecture([1, 1, 0, 0, 0, 0])),
    ]
    #expect(try other.claim(both, source: "other")?.map(\.number) == [3])
  }

  @Test func whatOthersHaveSpentSinceCounts() throws {
    let place = try TemporaryStudy()
    let (one, other) = (try place.open(), try place.open())
    #expect(try one.claimOne([0, 0, 0, 0, 0, 0])?.number == 0)
    let half = [0, 1].map { Proposal(Architecture([1, $0, 0, 0, 0, 0]), fidelity: 0.5) }
    #expect(try other.claim(half, source: "other", within: 1) == nil)
    #expect(try other.claim(half, source: "other", within: 1.5)?.count == 1)
    #expect(other.study.spent == 1.5)
    #expect(try one.claim(half, source: "one", standsAlone: false) == nil, "others have added some")
    #expect(try one.claim(half, source: "one", standsAlone: false)?.count == 1)
  }

  @Test func onlyTheDeadAreTakenOver() throws {
    let place = try TemporaryStudy()
    let heir = try place.open()
    do {
      let file = try place.open()
      #expect(try file.claimOne([0, 0, 0, 0, 0, 0])?.number == 0)
      #expect(try heir.takeOver() == nil)
      #expect(try file.takeOver() == nil, "nor what it holds itself")
    }
    let taken = try #require(try heir.takeOver(device: "gpu"))
    #expect(taken.number == 0 && taken.device == "gpu" && taken.seed == .max)
    #expect(try heir.takeOver() == nil)
    #expect(try heir.complete(taken, metrics: ["accuracy": 1], duration: .zero))
    #expect(heir.study.trials.count == 1)
  }

  @Test func aloneMeansThatNobodyElseIsThere() throws {
    let place = try TemporaryStudy()
    let header = try TemporaryStudy.header()
    do {
      let one = try #require(try StudyFile(alone: place.path, of: header))
      #expect(try StudyFile(alone: place.path, of: header) == nil)
      #expect(one.study.trials.isEmpty)
    }
    let other = try place.open()
    #expect(try StudyFile(alone: place.path, of: header) == nil)
    #expect(try other.claimOne([0, 0, 0, 0, 0, 0])?.number == 0)
  }

  @Test func aLateOutcomeCountsNothing() throws {
    let place = try TemporaryStudy()
    let (one, other) = (try place.open(), try place.open())
    let trial = try #require(try one.claimOne([0, 0, 0, 0, 0, 0]))
    try one.release(trial)
    let taken = try #require(try other.takeOver())
    #expect(try !one.complete(trial, metrics: ["accuracy": 1], duration: .zero))
    #expect(try other.complete(taken, metrics: ["accuracy": 2], duration: .zero))
    #expect(try !other.complete(taken, metrics: ["accuracy": 3], duration: .zero), "nor twice")
    try one.refresh()
    #expect(one.study.trials.map(\.metrics) == [["accuracy": 2]])
  }

  @Test func fourWorkersShareASearch() async throws {
    let place = try TemporaryStudy()
    let evaluated = Notes()
    try await withThrowingTaskGroup { group in
      for seed in 1...4 as ClosedRange<UInt64> {
        group.addTask {
          let ending = try place.open().search(150, seed: seed) { trial in
            evaluated.numbers.withLock { $0.append(trial.number) }
          }
          #expect(ending == .spent)
        }
      }
      try await group.waitForAll()
    }
    let study = try StudyFile(readingFrom: place.path).study
    #expect(study.trials.count == 150 && study.history.architectureCount == 150)
    #expect(study.trials.allSatisfy { $0.state == .complete })
    let numbers = evaluated.numbers.withLock { $0.sorted() }
    #expect(numbers == Array(0..<150), "each was evaluated once")
    #expect(place.names == ["study.sqlite"])
  }
}
