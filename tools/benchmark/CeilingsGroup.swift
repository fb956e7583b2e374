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
      Benchmark("copy, read and written") { bench in
        let ceilings = try bench.ceilings()
        var row = Row(ceilings.copy.samples)
        row.gigabytesPerSecond = ceilings.bytesPerSecond * 1e-9
        return row
      },
    ]
  }
}
