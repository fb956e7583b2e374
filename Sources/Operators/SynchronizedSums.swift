/// Batch norm's sums over the batches of all ranks.
///
/// Items' sums are read back and added up in order, then those of the ranks, in double precision: a
/// layer's are two numbers a channel, and every rank comes to the same bits.
extension ChannelSums {
  /// Mean and centred sum of squares (Chan and others 1979), and of how many rows.
  func statistics(
    of rows: Int, across ranks: any Communicator
  ) throws -> (ChannelSums, rows: Int) {
    // Items that were asked for no rows have sums of none.
    let splits = rows.dividedRoundingUp(by: rowsPerSplit)
    return try shared(rows, of: splits, across: ranks) { one, other in
      let total = max(one.rows + other.rows, 1)
      let delta = other.sums.0 - one.sums.0
      return (
        one.sums.0 + delta * other.rows / total,
        one.sums.1 + other.sums.1 + delta * delta * one.rows * other.rows / total
      )
    }
  }

  /// The two sums of the way back, and over how many rows.
  func sums(of rows: Int, across ranks: any Communicator) throws -> (ChannelSums, rows: Int) {
    try shared(rows, of: partial.shape[0], across: ranks) { one, other in
      (one.sums.0 + other.sums.0, one.sums.1 + other.sums.1)
    }
  }

  private typealias Part = (rows: Double, sums: (Double, Double))

  private func shared(
    _ rows: Int, of splits: Int, across ranks: any Communicator,
    _ merge: (Part, Part) -> (Double, Double)
  ) throws -> (ChannelSums, rows: Int) {
    let (device, channels) = (partial.device, partial.shape[2])
    let items = try device.read(partial).map(Double.init)
    let own = Self.merged(splits, channels, merge) { split, channel in
      let at = split * 2 * channels + channel
      let count = min(rowsPerSplit, rows - split * rowsPerSplit)
      return (Double(count), (items[at], items[at + channels]))
    }
    // Each rank's rows, then its sums.
    let all = ranks.gathered([Double(rows)] + own)
    let stride = 1 + own.count
    let merged = Self.merged(ranks.size, channels, merge) { rank, channel in
      let at = rank * stride
      return (all[at], (all[at + 1 + channel], all[at + 1 + channels + channel]))
    }
    let total = (0..<ranks.size).reduce(0) { $0 + Int(all[$1 * stride]) }
    return (
      ChannelSums(
        partial: try device.tensor(merged.map(Float.init), [1, 2, channels]), rowsPerSplit: total),
      total
    )
  }

  /// Parts merged in order: both sums of all channels, one after the other.
  private static func merged(
    _ parts: Int, _ channels: Int, _ merge: (Part, Part) -> (Double, Double),
    _ part: (_ number: Int, _ channel: Int) -> Part
  ) -> [Double] {
    var result = [Double](repeating: 0, count: 2 * channels)
    for channel in 0..<channels {
      var seen = part(0, channel)
      for number in 1..<max(parts, 1) {
        let next = part(number, channel)
        seen = (seen.rows + next.rows, merge(seen, next))
      }
      (result[channel], result[channels + channel]) = seen.sums
    }
    return result
  }
}
