import Compute
import Estimation
import Foundation
import Laws
import Ranks
import Search
import Studies
import Supernets
import Synchronization
import Testing

/// A search shared by ranks, here threads of this process.
@Suite struct RankSearchTests {
  /// Judges by the first choice; what is made of the last operation only it cannot judge.
  private final class Judge: Estimator {
    var judged: [Architecture] = []
    var recalled: [Int] = []
    let settings: [String: String] = [:]
    /// In microseconds: so long that others are given some.
    var pace: useconds_t = 2_000

    func recall(_ trials: [Trial]) { recalled += trials.map(\.number) }

    func metrics(
      of architecture: Architecture, fidelity: Double, seed: UInt64
    ) throws -> [String: Double] {
      judged.append(architecture)
      usleep(pace)
      guard RankSearchTests.canBeJudged(architecture) else { throw EstimationError("too large") }
      return [Self.top1: Double(architecture.choices[0])]
    }
  }

  private static func canBeJudged(_ architecture: Architecture) -> Bool {
    architecture.choices.last != 0
  }

  private static let goal = SearchGoal(Objective(.maximise, Judge.top1))
  private static let description = DeviceDescription(
    identifier: "cpu", name: "A processor", kind: .cpu, driver: "native", computeUnits: 2,
    memoryBytes: 1 << 30)

  private struct Share: Sendable {
    var judged: [Architecture]
    var recalled: [Int]
  }

  private static func search(
    _ ranks: any Communicator, _ path: String, budget: Int, pace: useconds_t = 2_000,
    seated: @Sendable @escaping (_ seat: RankSeat) throws -> Void = { _ in }
  ) throws -> Share {
    let judge = Judge()
    judge.pace = pace
    let worker = RankWorker(ranks, judgingBy: judge) { device, _ in
      throw DeviceError("\(device): nothing is timed here")
    }
    let devices = try RankDevices(
      among: ranks, host: "host", judgingOn: "cpu", devices: [description])
    if ranks.isFirst {
      let crew = RankCrew(ranks, devices: devices)
      defer { crew.end() }
      let kind = RankEstimator.Kind(of: judge)
      let space = try TinySpaces.nasbench201.space()
      let header = StudyHeader(
        space.searchSpace, named: space.name, goal: goal, judgedBy: EstimatorIdentity("judge"))
      let ending = try crew.search(worker) { seat in
        try seated(seat)
        let file = try StudyFile(path, of: header)
        let estimator = RankEstimator(kind, on: seat.rank, of: crew)
        return try StudySearch(
          file, RandomSearch(seed: UInt64(seat.number)), named: "random",
          device: crew.devices.judging(on: seat.rank), clock: seat.clock
        ).run([.init(goal)], budget: budget, isInterrupted: { crew.isEnding }) { trial in
          estimator.recall(file.study.trials)
          do {
            return .measured(
              try estimator.metrics(
                of: trial.architecture, fidelity: trial.fidelity, seed: trial.seed))
          } catch let error as DeviceError {
            return .failed(reason: "\(error)")
          }
        }
      }
      #expect(ending == .spent)
    } else {
      try worker.work()
    }
    return Share(judged: judge.judged, recalled: judge.recalled)
  }

  private static func path() -> String {
    NSTemporaryDirectory() + "supernet-ranks-\(UUID().uuidString).sqlite"
  }

  @Test func allRanksJudgeAndNoCandidateTwice() throws {
    let path = Self.path()
    defer { try? StudyFile.remove(path) }
    let shares = try ThreadRanks.run(3) { try Self.search($0, path, budget: 60) }
    let trials = try StudyFile(readingFrom: path).study.trials
    #expect(trials.count == 60)
    #expect(shares.allSatisfy { !$0.judged.isEmpty }, "all take part")
    #expect(
      shares.flatMap(\.judged).sorted() == trials.map(\.architecture).sorted(), "each just once")
    for trial in trials {
      if Self.canBeJudged(trial.architecture) {
        #expect(trial.state == .complete)
        #expect(trial.metrics == [Judge.top1: Double(trial.architecture.choices[0])])
      } else {
        #expect(trial.state == .failed(reason: "too large"))
      }
    }
    let complete = Set(trials.filter { $0.state == .complete }.map(\.number))
    for share in shares {
      #expect(Set(share.recalled).count == share.recalled.count, "told once")
      #expect(complete.isSuperset(of: share.recalled) && !share.recalled.isEmpty)
    }
  }

  /// Of what takes long a rank holds none that another might begin before it.
  @Test(arguments: [false, true]) func whoIsQuickHasTheNextInHand(_ isQuick: Bool) throws {
    let path = Self.path()
    defer { try? StudyFile.remove(path) }
    let seats = Mutex([Int: Int]())
    _ = try ThreadRanks.run(2) { ranks in
      try Self.search(
        ranks, path, budget: isQuick ? 200 : 3, pace: isQuick ? 2_000 : 1_100_000
      ) { seat in seats.withLock { $0[seat.number] = seat.rank } }
    }
    let seen = seats.withLock { $0 }
    #expect(seen[0] == 0 && seen[1] == 1)
    // On a machine that stands still one rank of them may not have been quick.
    let seconds = seen.filter { $0.key > 1 }
    #expect(isQuick ? !seconds.isEmpty : seconds.isEmpty)
    #expect(seconds.allSatisfy { $0.key == 2 + $0.value })
  }

  @Test func whatFailsOnTheFirstRankEndsAll() throws {
    let path = Self.path()
    defer { try? StudyFile.remove(path) }
    #expect(throws: ConfigurationError.self) {
      _ = try ThreadRanks.run(2) { ranks in
        try Self.search(ranks, path, budget: 100_000) { seat in
          if seat.rank == 1 { throw ConfigurationError("no") }
        }
      }
    }
    let trials = try StudyFile(readingFrom: path).study.trials
    #expect(trials.allSatisfy { $0.state != .pending } && trials.count < 100_000)
  }

  @Test func aDeviceIsTimedWhereItIs() throws {
    let owners = try ThreadRanks.run(4) { ranks in
      var own = Self.description
      if ranks.rank == 3 { own.name = "Another processor" }
      let devices = try RankDevices(
        among: ranks, host: ["a", "a", "b", "c"][ranks.rank], judgingOn: "cpu", devices: [own])
      #expect(throws: ConfigurationError.self) { try devices.owner(of: "d/cpu", for: 0) }
      let same = try (0..<4).map { try devices.owner(of: "cpu", for: $0).rank }
      let named = try (0..<4).map { try devices.owner(of: "b/opencl:0", for: $0) }
      #expect(named.allSatisfy { $0.device == "opencl:0" })
      return (same, named.map(\.rank), (0..<4).map(devices.judging))
    }
    for (same, named, judging) in owners {
      #expect(same == [0, 1, 2, 0], "one of another make is not the first rank's")
      #expect(named == [2, 2, 2, 2])
      #expect(judging == ["cpu", "cpu", "b/cpu", "c/cpu"])
    }
  }

  @Test func anotherRankTimes() throws {
    let measured = try ThreadRanks.run(2) { ranks -> [Latency] in
      let space = try TinySpaces.elastic.space()
      let device = try NativeDevice(threads: 1)
      let worker = RankWorker(ranks, judgingBy: Judge()) { name, procedure in
        #expect(name == "cpu")
        return LatencyTimer(try Supernet(space, on: device, seed: 1), procedure: procedure)
      }
      let devices = try RankDevices(
        among: ranks, host: "\(ranks.rank)", judgingOn: "cpu", devices: [device.description])
      guard ranks.isFirst else {
        try worker.work()
        return []
      }
      let crew = RankCrew(ranks, devices: devices)
      defer { crew.end() }
      let timers = try (0..<2).map { try RankTimer("1/cpu", for: $0, of: crew) }
      #expect(try timers[0].description().identifier == "1/cpu")
      #expect(throws: (any Error).self) { try RankTimer("2/cpu", of: crew) }
      let both = try timers.map { try $0.latency(of: space.smallest, batch: 2) }
      return try both + [
        timers[0].latency(of: space.smallest, batch: 1),
        timers[0].latency(of: space.largest, batch: 2),
      ]
    }[0]
    #expect(measured[0].medianSeconds > 0 && measured[0].batch == 2)
    #expect(measured[0] == measured[1], "what one rank has measured is known to all")
    #expect(measured[2].batch == 1 && measured[3] != measured[0])
  }
}
