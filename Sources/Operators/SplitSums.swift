// The second stage of a reduction adds up what the splits of the first one have stored, in order.

extension Device {
  /// Launches `function` of `file` over `vectors`, each the sum of `splits`: an item for each, or on
  /// a GPU, where splits are many and vectors few, the items of a group (`kernels/group_sums.cl`).
  func launchSecondStage(
    _ file: String, _ function: String, vectors: Int, splits: Int, _ arguments: [KernelArgument]
  ) throws {
    guard kernelShape == .group else {
      return try launch(Kernel(file, function), items: vectors, arguments)
    }
    // `SUM_GROUP` of the kernel file; a lane should have four splits to add up.
    let group = 256
    var lanes = 1
    while lanes < 64, 4 * lanes < splits { lanes *= 2 }
    try launch(
      Kernel("group_sums", "group_\(function)", groupSize: group),
      items: vectors.dividedRoundingUp(by: group / lanes) * group, arguments, [.int(lanes)])
  }
}
