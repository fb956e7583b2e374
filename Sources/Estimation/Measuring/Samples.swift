import Operators
import Search

/// How long one pass of a piece of work took, several times over.
public struct Samples: Sendable, Equatable {
  public private(set) var seconds: [Double] = []

  public init(seconds: [Double] = []) { self.seconds = seconds }

  public mutating func append(_ seconds: Double) { self.seconds.append(seconds) }

  public var median: Double {
    let sorted = seconds.sorted()
    let middle = sorted.count / 2
    guard !sorted.isEmpty else { return 0 }
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  public var least: Double { seconds.min() ?? 0 }

  /// The value that a part of the samples does not pass, of those that were seen.
  public func quantile(_ part: Double) -> Double {
    let sorted = seconds.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted[Int((Double(sorted.count - 1) * part).rounded())]
  }

  /// Bounds between which the median lies with at least 95 % confidence, whatever the distribution;
  /// nil of fewer than six samples, which allow none.
  ///
  /// Order statistics: the median is below the j-th smallest of n with the probability that of n
  /// throws of a coin fewer than j show heads (Hahn and Meeker 1991, section 5.2).
  public var medianInterval: ClosedRange<Double>? {
    let below = Self.ranksBelow(seconds.count)
    guard below > 0 else { return nil }
    let sorted = seconds.sorted()
    return sorted[below - 1]...sorted[sorted.count - below]
  }

  /// The largest j for which fewer than j heads in n throws have a probability of at most 2.5 %.
  private static func ranksBelow(_ n: Int) -> Int {
    // Beyond, 2^-n is no number any more, and the normal distribution is as good.
    guard n <= 1000 else { return Int((Double(n) - 1.96 * Double(n).squareRoot()) / 2) }
    var term = (0..<n).reduce(1.0) { power, _ in power / 2 }
    var (sum, heads) = (term, 0)
    while sum <= 0.025, heads < n {
      heads += 1
      term *= Double(n - heads + 1) / Double(heads)
      sum += term
    }
    return heads
  }
}

extension Samples {
  /// Times work on a device: a round repeats it until it is `roundLength` long, with one wait at its
  /// end, so that short kernels are not timed with the driver's wait.
  public init(
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
}
