import Compute

/// How long a piece of work takes: several rounds after a warm-up.
struct Timing {
  var seconds: [Double]

  var median: Double {
    let sorted = seconds.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
  var least: Double { seconds.min() ?? 0 }

  /// Times work on a device: a round repeats it until it is `roundLength` long, with one wait at its
  /// end, so that short kernels are not timed with the driver's wait.
  init(
    on device: any Device, rounds: Int, roundLength: Duration = .milliseconds(5),
    _ work: () throws -> Void
  ) throws {
    func pass(_ count: Int) throws -> Duration {
      try device.time { for _ in 0..<count { try work() } }
    }
    // The first builds kernels and fills the pool of buffers; the next tell how many make a round.
    _ = try pass(1)
    let once = try min(pass(1), pass(1))
    let count = max(1, min(1000, Int(roundLength / max(once, .nanoseconds(1)))))
    seconds = try (0..<rounds).map { _ in try pass(count).seconds / Double(count) }
  }

  init(seconds: [Double]) { self.seconds = seconds }
}
