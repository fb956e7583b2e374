/// The cell spaces that come with the program.
extension SpaceCatalogue {
  static let cellPresets = [nasbench201, nasbench201Narrow, darts, dartsNarrow]

  private static let nasbench201 = Preset(
    name: "nasbench201", summary: "NAS-Bench-201 as published, for 32x32 colour images",
    yaml: """
      name: nasbench201
      kind: cell
      input: {channels: 3, resolution: 32}
      classes: 10
      cell: nasbench201
      skeleton: {width: 16, cells: 5}

      """)

  private static let nasbench201Narrow = Preset(
    name: "nasbench201-28",
    summary: "NAS-Bench-201's cell in a narrow skeleton, for 28x28 grey images",
    yaml: """
      name: nasbench201-28
      kind: cell
      input: {channels: 1, resolution: 28}
      classes: 10
      cell: nasbench201
      skeleton: {width: 8, cells: 1}

      """)

  private static let darts = Preset(
    name: "darts", summary: "DARTS's space, 20 cells of width 36, for 32x32 colour images",
    yaml: """
      name: darts
      kind: cell
      input: {channels: 3, resolution: 32}
      classes: 10
      cell: darts
      skeleton: {width: 36, cells: 6}

      """)

  private static let dartsNarrow = Preset(
    name: "darts-28", summary: "DARTS's cells in a narrow skeleton, for 28x28 grey images",
    yaml: """
      name: darts-28
      kind: cell
      input: {channels: 1, resolution: 28}
      classes: 10
      cell: darts
      skeleton: {width: 8, cells: 1}

      """)
}
