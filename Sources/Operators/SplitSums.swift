// On a GPU reductions are cut into more splits than one item should add up: a first stage makes
// every few of them one, in order.

/// Splits that an item adds up in a first stage, and how many are left to the second at most.
private let (factor, most) = (16, 32)

extension ChannelSums {
  /// Few enough splits for a second stage; `rows` of all of them.
  func combined(rows: Int, isStatistics: Bool) throws -> ChannelSums {
    let (splits, channels, device) = (partial.shape[0], partial.shape[2], partial.device)
    guard device.kernelShape == .group, splits > most else { return self }
    let fewer = splits.dividedRoundingUp(by: factor)
    let sums = ChannelSums(
      partial: try device.empty([fewer, 2, channels]), rowsPerSplit: rowsPerSplit * factor)
    try device.launch(
      Kernel("group_sums", "combine_splits"), items: fewer * device.tile.vectors(channels),
      [
        .tensor(partial), .tensor(sums.partial), .int(splits), .int(channels), .int(factor),
        .int(rows), .int(rowsPerSplit), .flag(isStatistics),
      ])
    return try sums.combined(rows: rows, isStatistics: isStatistics)
  }
}

extension Device {
  /// [fewer splits, ...] of `partial` [splits, ...], where a second stage should not add up so many.
  func combined(_ partial: Tensor) throws -> Tensor {
    let splits = partial.shape[0]
    guard kernelShape == .group, splits > most else { return partial }
    let fewer = splits.dividedRoundingUp(by: factor)
    let count = partial.count / splits
    let sums = try empty([fewer] + partial.shape.dropFirst())
    try launch(
      Kernel("group_sums", "sum_splits"), items: fewer * tile.vectors(count),
      [.tensor(partial), .tensor(sums), .int(splits), .int(count), .int(factor)])
    return try combined(sums)
  }
}
