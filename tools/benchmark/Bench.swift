import Compute
import ComputeOpenCL
import Estimation

/// Where benchmarks are measured: the device, how, and its ceilings.
final class Bench {
  let device: String
  let threads: Int?
  let rounds: Int
  /// Runs work on a device as often as it likes, and tells how long that took.
  typealias Stopwatch = (_ device: any Device, _ work: () throws -> Void) throws -> Samples
  private let stopwatch: Stopwatch
  private var shared: (device: any Device, note: String?)?
  private var knownCeilings: Ceilings?

  /// - Parameter stopwatch: `rounds` rounds unless given.
  init(device: String, threads: Int?, rounds: Int, stopwatch: Stopwatch? = nil) {
    self.device = device
    self.threads = threads
    self.rounds = rounds
    self.stopwatch = stopwatch ?? { try Samples(on: $0, rounds: rounds, $1) }
  }

  func samples(on device: any Device, _ work: () throws -> Void) throws -> Samples {
    try stopwatch(device, work)
  }

  /// The device that benchmarks share, opened at first use.
  func open() throws -> (device: any Device, note: String?) {
    if let shared { return shared }
    let opened = try fresh()
    shared = opened
    return opened
  }

  /// A device of one benchmark's own, whose memory goes when the benchmark ends.
  func fresh(threads: Int? = nil) throws -> (device: any Device, note: String?) {
    try DeviceSelector.open(device, threads: threads ?? self.threads)
  }

  /// Gives the shared device and its memory back: what comes next begins with neither.
  func close() { shared = nil }

  /// The device's ceilings, measured once, and the memory for it given back.
  func ceilings() throws -> Ceilings {
    if let knownCeilings { return knownCeilings }
    let ceilings = try Ceilings(of: fresh().device, rounds: rounds)
    knownCeilings = ceilings
    return ceilings
  }
}
