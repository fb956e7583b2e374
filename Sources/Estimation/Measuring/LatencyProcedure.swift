import Operators

/// Work that can be repeated and timed.
public struct TimedWork {
  /// How long so many passes take together, from an idle device to an idle device.
  public let time: (_ passes: Int) throws -> Duration

  public init(_ time: @escaping (_ passes: Int) throws -> Duration) { self.time = time }

  public init(_ plan: any Plan, on device: any Device) {
    time = { passes in try device.time { for _ in 0..<passes { _ = try plan.run() } } }
  }
}

/// What the procedure found of one piece of work.
public struct Measurement: Sendable {
  /// Of one pass.
  public var samples: Samples
  /// Of one pass; nil where the device does not tell.
  public var joules: Double?
  /// Whether the machine was quiet enough (see `LatencyProcedure`).
  public var isTrusted: Bool
}

/// How every latency of this project is measured: for pieces of work that share a machine's noise.
///
/// Each is warmed up until it no longer gets faster. Then rounds go over all of them, a sample each,
/// until the confidence interval of each one's median is narrow or its time is spent. A sample is
/// several passes with one wait at their end, after a pass that only brings back what the others have
/// pushed out of the caches.
///
/// A median is not to be trusted where its interval stayed wide, where the samples lie far apart, or
/// where other programs took the processor away during many of them: a load that is always there makes
/// samples slow and alike.
public struct LatencyProcedure: Sendable {
  /// The width of the median's 95 % confidence interval, as a part of the median, that ends it.
  public var precision = 0.02
  /// Seconds that a piece of work may be timed for, warm-up aside.
  public var timeLimit: Duration
  public var sampleLength = Duration.milliseconds(4)
  public var leastSamples = 12
  /// A slowest tenth that is slower than the fastest tenth by more than this part of the median is
  /// noise that no number of samples makes up for.
  public var widestSpread = 0.25
  /// The part of the samples that may be interrupted; below a half, the median is of the others.
  public var mostInterrupted = 0.3
  /// How often a thread of this process had to leave a processor that it was using.
  public var interruptions: @Sendable () -> Int = Interruptions.count

  public init(timeLimit: Duration = .seconds(3)) { self.timeLimit = timeLimit }

  /// For searches, which time hundreds of candidates one by one.
  public static let brief = {
    var procedure = LatencyProcedure(timeLimit: .milliseconds(150))
    procedure.precision = 0.05
    return procedure
  }()

  /// For the few that a search would choose under limits.
  public static let careful = LatencyProcedure(timeLimit: .milliseconds(600))

  /// - Parameters:
  ///   - works: the pieces of work, timed by turns.
  ///   - energy: read before and after each sample.
  ///   - afterRound: told how many are done.
  public func measure(
    _ works: [TimedWork], energy: EnergyMeter? = nil, afterRound: (Int) -> Void = { _ in }
  ) throws -> [Measurement] {
    var states = try works.map { State(passes: try warmUp($0)) }
    var left = Array(works.indices)
    while !left.isEmpty {
      for index in left {
        let before = interruptions()
        try states[index].sample(works[index], energy)
        if interruptions() > before { states[index].interrupted += 1 }
      }
      left.removeAll { isDone(states[$0]) }
      afterRound(works.count - left.count)
    }
    return states.map { state in
      Measurement(
        samples: state.samples, joules: state.joules.map { $0 / Double(state.allPasses) },
        isTrusted: isTrusted(state))
    }
  }

  private struct State {
    let passes: Int
    var samples = Samples()
    var spent = Duration.zero
    var joules: Double?
    var interrupted = 0
    var allPasses: Int { passes * samples.seconds.count }

    init(passes: Int) { self.passes = passes }

    mutating func sample(_ work: TimedWork, _ energy: EnergyMeter?) throws {
      _ = try work.time(1)
      let before = energy?.joules()
      let time = try work.time(passes)
      if let before, let after = energy?.joules(since: before) { joules = (joules ?? 0) + after }
      samples.append(time.seconds / Double(passes))
      spent += time
    }
  }

  private func isDone(_ state: State) -> Bool {
    state.spent >= timeLimit
      || (state.samples.seconds.count >= leastSamples && isPrecise(state.samples))
  }

  private func isPrecise(_ samples: Samples) -> Bool {
    guard let interval = samples.medianInterval else { return false }
    return interval.upperBound - interval.lowerBound <= precision * samples.median
  }

  private func isTrusted(_ state: State) -> Bool {
    let samples = state.samples
    return isPrecise(samples)
      && samples.quantile(0.9) - samples.quantile(0.1) <= widestSpread * samples.median
      && Double(state.interrupted) <= mostInterrupted * Double(samples.seconds.count)
  }

  /// Repeats until three samples are no faster than the three before; tells the passes of a sample.
  private func warmUp(_ work: TimedWork) throws -> Int {
    // The first pass compiles, allocates and packs.
    _ = try work.time(1)
    let once = try min(work.time(1), work.time(1))
    let passes = max(1, min(10_000, Int((sampleLength / max(once, .nanoseconds(1))).rounded())))
    var spent = Duration.zero
    func three() throws -> Double {
      let times = try (0..<3).map { _ in try work.time(passes) }
      spent += times.reduce(.zero, +)
      return Samples(seconds: times.map(\.seconds)).median
    }
    guard once < timeLimit / 12 else { return passes }
    var before = try three()
    while spent < timeLimit / 4 {
      let now = try three()
      if now >= before * (1 - precision) { break }
      before = now
    }
    return passes
  }
}
