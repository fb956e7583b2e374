import Estimation
import Search
import Synchronization
import Testing

/// The locked procedure, on work that only says how long it took.
@Suite struct ProcedureTests {
  /// Whatever else this machine does while the tests run.
  private func procedure(_ timeLimit: Duration = .seconds(3)) -> LatencyProcedure {
    var procedure = LatencyProcedure(timeLimit: timeLimit)
    procedure.interruptions = { 0 }
    return procedure
  }

  /// Tells times by the number of the call, and notes who was asked.
  final class Calls { var made: [(work: Int, passes: Int)] = [] }

  private func work(
    _ number: Int = 0, _ calls: Calls = Calls(), _ milliseconds: @escaping (Int) -> Double
  ) -> TimedWork {
    TimedWork { passes in
      let time = milliseconds(calls.made.count { $0.work == number })
      calls.made.append((number, passes))
      return .milliseconds(time * Double(passes))
    }
  }

  private func spent(_ measurement: Measurement, _ passes: Int) -> Double {
    measurement.samples.seconds.reduce(0) { $0 + $1 * Double(passes) }
  }

  @Test func stopsWhenTheMedianIsKnown() throws {
    let procedure = procedure()
    let found = try procedure.measure([work { _ in 0.5 }])[0]
    #expect(found.samples.seconds.count == procedure.leastSamples)
    #expect(abs(found.samples.median - 0.5e-3) < 1e-12)
    #expect(found.isTrusted && found.joules == nil)
  }

  @Test func aSampleIsSoManyPassesAfterOneThatIsNotTimed() throws {
    let calls = Calls()
    _ = try procedure().measure([work(0, calls) { _ in 0.5 }])
    // 4 ms of 0.5 ms each.
    let timed = calls.made.suffix(2 * LatencyProcedure().leastSamples)
    #expect(timed.enumerated().allSatisfy { $1.passes == ($0 % 2 == 0 ? 1 : 8) })
  }

  @Test func takesMoreSamplesOfWhatVaries() throws {
    let procedure = procedure()
    var generator = SeededGenerator(seed: 1)
    let found = try procedure.measure([work { _ in 1 + 0.1 * generator.unit() }])[0]
    #expect(found.samples.seconds.count > procedure.leastSamples)
    let interval = try #require(found.samples.medianInterval)
    #expect(interval.upperBound - interval.lowerBound <= 0.02 * found.samples.median)
    #expect(found.isTrusted)
  }

  @Test func stopsAtTheLimitAndSaysSo() throws {
    var procedure = procedure(.milliseconds(200))
    procedure.sampleLength = .milliseconds(1)
    // Half of the samples take twice as long: no median is known to 2 %.
    let found = try procedure.measure([work { $0 / 2 % 2 == 0 ? 1 : 2 }])[0]
    #expect(!found.isTrusted)
    #expect((0.2..<0.21).contains(spent(found, 1)))
  }

  @Test func aPreciseMedianAmongFarFlungSamplesIsNotTrusted() throws {
    // One sample in five is interrupted.
    let found = try procedure().measure([work { $0 / 2 % 5 == 0 ? 2 : 1 }])[0]
    #expect(found.samples.median < 1.001e-3 && !found.isTrusted)
  }

  /// Under a load that never ends, all samples are as slow.
  @Test(arguments: [(0, true), (4, true), (2, false), (1, false)])
  func interruptedSamplesAreNotTrusted(_ every: Int, _ isTrusted: Bool) throws {
    var procedure = procedure()
    let calls = Mutex(0)
    procedure.interruptions = {
      // Asked before and after each sample.
      calls.withLock { calls in
        calls += 1
        return every == 0 ? 0 : calls / 2 / every
      }
    }
    #expect(try procedure.measure([work { _ in 1 }])[0].isTrusted == isTrusted)
  }

  @Test func warmUpIsLeftOut() throws {
    let found = try procedure().measure([work { max(1, 3 - 0.1 * Double($0)) }])[0]
    #expect(found.samples.seconds.allSatisfy { $0 < 1.1e-3 })
  }

  @Test func candidatesTakeTurns() throws {
    let calls = Calls()
    let works = (0..<3).map { number in work(number, calls) { _ in 1 } }
    var done: [Int] = []
    let found = try procedure().measure(works) { done.append($0) }
    let rounds = LatencyProcedure().leastSamples
    let turns = calls.made.suffix(2 * 3 * rounds).map(\.work)
    #expect(turns == (0..<rounds).flatMap { _ in [0, 0, 1, 1, 2, 2] })
    #expect(found.count == 3 && done == (1..<rounds).map { _ in 0 } + [3])
  }

  @Test func fewSamplesHaveNoInterval() {
    #expect(Samples(seconds: [1, 2, 3, 4, 5]).medianInterval == nil)
    // Of six, all lie on one side of the median once in 32 times.
    #expect(Samples(seconds: [6, 2, 1, 4, 5, 3]).medianInterval == 1...6)
    // Published ranks (Hahn and Meeker 1991, table A.15): 3 and 10 of 12, 6 and 15 of 20.
    #expect(Samples(seconds: (1...12).map(Double.init)).medianInterval == 3...10)
    #expect(Samples(seconds: (1...20).map(Double.init)).medianInterval == 6...15)
  }

  @Test(arguments: [9, 24, 1500])
  func theIntervalHoldsTheMedian(_ count: Int) throws {
    var generator = SeededGenerator(seed: 5)
    let trials = 400
    // Of numbers that are far from normal: cubes of uniforms, whose median is 1/8.
    let held = try (0..<trials).count { _ in
      let numbers = (0..<count).map { _ in
        let unit = generator.unit()
        return unit * unit * unit
      }
      return try #require(Samples(seconds: numbers).medianInterval).contains(0.125)
    }
    #expect(Double(held) / Double(trials) > 0.92)
  }
}
