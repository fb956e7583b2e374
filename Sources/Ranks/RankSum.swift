/// A block of numbers that ranks add up again and again, in memory that stays.
///
/// Each rank adds up one part of the numbers, in the order of ranks, and hands it round: the same bits
/// on all of them and in every run, however long messages take. A rank sends and receives twice what
/// the numbers are, however many ranks there are. MPI's own sum only recommends an order.
public struct RankSum {
  /// How many numbers there are.
  public let count: Int
  private let ranks: any Communicator
  /// The numbers, and nothing up to whole parts.
  private var values: [Float]
  private var received: [Float]

  /// - Parameters:
  ///   - count: how many numbers there are.
  ///   - ranks: whose numbers are added up.
  public init(_ count: Int, across ranks: any Communicator) {
    (self.count, self.ranks) = (count, ranks)
    let part = (count + ranks.size - 1) / ranks.size
    values = [Float](repeating: 0, count: ranks.size * part)
    received = values
  }

  /// This rank's numbers, or the sums of all, once they were added up.
  public mutating func withNumbers<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    let count = count
    return try values.withUnsafeMutableBufferPointer { try body(.init(rebasing: $0[..<count])) }
  }

  /// The sums take the place of the numbers.
  public mutating func add() {
    guard !ranks.isAlone else { return }
    let (ranks, part) = (ranks, values.count / ranks.size)
    received.withUnsafeMutableBufferPointer { received in
      values.withUnsafeMutableBytes { values in
        ranks.exchange(
          UnsafeRawBufferPointer(values), into: UnsafeMutableRawBufferPointer(received))
        for start in stride(from: part, to: received.count, by: part) {
          for i in 0..<part { received[i] += received[start + i] }
        }
        ranks.gather(
          UnsafeRawBufferPointer(UnsafeMutableBufferPointer(rebasing: received[..<part])),
          into: values)
      }
    }
  }
}
