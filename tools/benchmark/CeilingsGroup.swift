import Estimation

extension Group {
  static let ceilings = Group(name: "ceilings", summary: "what the device can do at most") {
    [
      Benchmark("multiply-adds in registers") { bench in
        let ceilings = try bench.ceilings()
        var row = Row(ceilings.arithmetic)
        row.gigaflopsPerSecond = ceilings.flopsPerSecond * 1e-9
        return row
      },
      Benchmark("copy, read and written") { row(of: try $0.ceilings().copy) },
      Benchmark("copy, written past the caches") { row(of: try $0.ceilings().copyPastCaches) },
    ]
  }

  private static func row(of copy: Ceilings.Copy) -> Row {
    var row = Row(copy.samples)
    row.gigabytesPerSecond = copy.bytesPerSecond * 1e-9
    return row
  }
}
