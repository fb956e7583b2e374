import Compute
import ComputeOpenCL
import Estimation

/// Where benchmarks are measured: the device, how many rounds, and its ceilings.
final class Bench {
  let device: String
  let threads: Int?
  let rounds: Int
  private var shared: (device: any Device, note: String?)?
  private var knownCeilings: Ceilings?

  init(device: String, threads: Int?, rounds: Int) {
    self.device = device
    self.threads = threads
    self.rounds = rounds
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
