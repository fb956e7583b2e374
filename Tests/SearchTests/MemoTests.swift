import Laws
import Search
import Synchronization
import Testing

/// A summary that counts what it is made of.
private struct Count: HistorySummary {
  final class Takings: Sendable {
    let count = Mutex(0)
  }

  let takings: Takings
  var numbers: [Int] = []

  mutating func take(_ trial: Trial) {
    numbers.append(trial.number)
    takings.count.withLock { $0 += 1 }
  }
}

struct MemoTests {
  private let goal = SearchGoal(.init(.maximise, "accuracy"))

  private func numbers(_ memo: HistoryMemo<Count>, _ study: Study, _ takings: Count.Takings)
    -> [Int]
  {
    memo.withSummary(
      of: SearchRequest(1, after: study, goal: goal), from: { Count(takings: takings) }
    ) { $0.numbers }
  }

  @Test func aGrowingHistoryIsReadOnce() throws {
    let memo = HistoryMemo<Count>()
    let takings = Count.Takings()
    var study = Study(try SampleSpaces.huge())
    for number in 0..<100 {
      #expect(numbers(memo, study, takings) == Array(0..<number))
      study.append(study.space.first, source: "test")
      study.complete(number, metrics: [:])
    }
    #expect(takings.count.withLock { $0 } == 99)
  }

  @Test func pendingTrialsAreReadAgain() throws {
    let memo = HistoryMemo<Count>()
    let takings = Count.Takings()
    var study = Study(try SampleSpaces.huge())
    for _ in 0..<4 { study.append(study.space.first, source: "test") }
    study.complete(0, metrics: [:])
    study.fail(2, reason: "test")
    #expect(study.history.settledCount == 1)
    #expect(numbers(memo, study, takings) == [0, 1, 2, 3])
    study.complete(1, metrics: [:])
    #expect(study.history.settledCount == 3)
    #expect(numbers(memo, study, takings) == [0, 1, 2, 3])
    // One that is settled, three after it; two more that are settled, and the last once more.
    #expect(takings.count.withLock { $0 } == 4 + 3)
  }

  @Test func anotherHistoryIsAnother() throws {
    let memo = HistoryMemo<Count>()
    let takings = Count.Takings()
    var one = Study(try SampleSpaces.huge())
    one.append(one.space.first, source: "test")
    var other = one
    one.complete(0, metrics: ["accuracy": 1])
    other.complete(0, metrics: ["accuracy": 2])
    for study in [one, other, one, other] { #expect(numbers(memo, study, takings) == [0]) }
    #expect(takings.count.withLock { $0 } == 2, "each was read once")
  }
}
