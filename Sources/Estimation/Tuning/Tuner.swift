import Operators
import Supernets

/// Times ways to do a device's work, and keeps those that are faster beyond doubt.
///
/// Whole builds of the kernels come first, on the heaviest work; then how the work of one bucket
/// after the other is cut; then what was chosen is measured again, and in whole networks. Whatever
/// was found counts when time is up or a user stops it.
public final class Tuner {
  /// What became of a bucket.
  public struct Finding {
    public var item: TuningPlan.Item
    /// Of the example, in the last comparison.
    public var defaultTime: Duration
    public var time: Duration
    /// Empty where the default stays.
    public var settings: [String: Int]
    public var tried: Int
  }

  /// What became of a build.
  public struct BuildFinding {
    public var build: DeviceBuild
    /// Its time over the default build's, where it was timed.
    public var ratio: Double?
    public var problem: String?
  }

  /// A whole pass of the largest subnet.
  public struct WholeFinding {
    public var name: String
    public var defaultTime: Duration
    public var time: Duration
  }

  public internal(set) var findings: [Finding] = []
  public internal(set) var builds: [BuildFinding] = []
  public internal(set) var wholes: [WholeFinding] = []
  /// Variants that were dropped, and why: a line each.
  public internal(set) var problems: [String] = []
  public internal(set) var tuning = Tuning()
  public let plan: TuningPlan

  /// Untuned, with its own build.
  let plainDevice: any Device
  /// With the chosen build.
  var device: any Device
  let check = VariantCheck()
  let clock: TuningClock

  public init(_ plan: TuningPlan, on device: any Device, clock: TuningClock) {
    self.plan = plan
    plainDevice = device
    self.device = device
    self.clock = clock
  }

  /// Does all of it.
  public func run(
    _ builds: [DeviceBuild], open: (DeviceBuild) throws -> any Device
  ) throws {
    try tuneBuilds(builds, open: open)
    try tuneBuckets()
    try confirm()
    try judgeWholeNetworks()
  }

  /// A run of a trial under settings of its bucket.
  func run(_ trial: ConvolutionTrial, _ bucket: WorkBucket, _ settings: [String: Int]) -> Turns.Work
  {
    Turns.Work(device: device) { [device] in
      device.tuning.choices[bucket] = settings.isEmpty ? nil : Tuning.Choice(settings)
      try trial.run()
    }
  }

  /// Measures what was chosen once more, at another time: the machine's load may have chosen.
  private func confirm() throws {
    for (index, finding) in findings.enumerated() where !finding.settings.isEmpty {
      guard !clock.isOver(part: 0.9) else { return }
      let bucket = finding.item.bucket
      clock.begin("again: \(bucket.text)")
      let trial = try ConvolutionTrial(finding.item.work, on: device)
      defer { device.tuning.choices[bucket] = nil }
      let works = [run(trial, bucket, [:]), run(trial, bucket, finding.settings)]
      guard
        let times = try Turns(isOver: { [clock] in clock.isOver(part: 0.95) })
          .times(works, rounds: 7)
      else { return }
      findings[index].defaultTime = .seconds(Turns.median(times[0]))
      findings[index].time = .seconds(Turns.median(times[1]))
      if Turns.isFaster(times[0], times[1]) {
        keep(findings[index])
      } else {
        drop(index)
      }
    }
  }

  func keep(_ finding: Finding) {
    tuning.choices[finding.item.bucket] = Tuning.Choice(
      finding.settings, defaultTime: finding.defaultTime, time: finding.time)
  }

  func drop(_ index: Int) {
    tuning.choices[findings[index].item.bucket] = nil
    findings[index].settings = [:]
  }
}
