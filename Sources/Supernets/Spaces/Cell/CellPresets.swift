/// The cell spaces that come with the program.
extension SpaceCatalogue {
  static let cellPresets = [
    nasbench201, nasbench201Narrow, nasbench201Small, nasbench201Flat, darts, dartsNarrow,
  ]

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

  private static let nasbench201Small = Preset(
    name: "nasbench201-12",
    summary: "the same on images of 12x12: a search by gradient takes a minute on one CPU core",
    yaml: """
      name: nasbench201-12
      kind: cell
      input: {channels: 1, resolution: 12}
      classes: 10
      cell: nasbench201
      skeleton: {width: 8, cells: 1}

      """)

  /// Between its stem and its classifier there is nothing but cells, so that cells differ even when
  /// they are trained for seconds.
  private static let nasbench201Flat = Preset(
    name: "nasbench201-12-flat",
    summary: "three of NAS-Bench-201's cells and no reductions: for comparing estimators",
    yaml: """
      name: nasbench201-12-flat
      kind: cell
      input: {channels: 1, resolution: 12}
      classes: 10
      cell: nasbench201
      skeleton: {width: 16, cells: 3, reductions: 0}

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
