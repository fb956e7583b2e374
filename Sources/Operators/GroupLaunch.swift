extension Device {
  /// Launches a group kernel, compiled for rows that begin at whole vectors where all of them do.
  ///
  /// - Parameter rows: elements from one row to the next, of every tensor that has rows.
  func launchGroups(
    _ kernel: Kernel, items: Int, rows: [Int], _ arguments: [KernelArgument]
  ) throws {
    var kernel = kernel
    kernel.isAligned =
      rows.allSatisfy { $0 % tile.lanes == 0 }
      && arguments.allSatisfy {
        guard case .storage(_, let offset) = $0 else { return true }
        return offset % tile.lanes == 0
      }
    try launch(kernel, items: items, arguments)
  }
}
