import Operators

/// What a device can do at most, measured: all other rows stand beside it.
struct Ceilings {
  var arithmetic: Timing
  var arithmeticFlops: Double
  var copy: Timing
  /// Read and written.
  var copyBytes: Double

  var flopsPerSecond: Double { arithmeticFlops / arithmetic.least }
  var bytesPerSecond: Double { copyBytes / copy.least }

  /// Seconds that work needs at least: the slower of its arithmetic and its traffic.
  func floor(flops: Double, bytes: Double) -> Double {
    max(flops / flopsPerSecond, bytes / bytesPerSecond)
  }

  init(of device: any Device, rounds: Int) throws {
    (arithmetic, arithmeticFlops) = try Ceilings.arithmetic(device, rounds)
    (copy, copyBytes) = try Ceilings.copy(device, rounds)
  }

  /// Chains of multiply-adds in registers, of some 10 milliseconds.
  private static func arithmetic(_ device: any Device, _ rounds: Int) throws -> (Timing, Double) {
    let chains = 12
    let isGPU = device.description.kind == .gpu
    let items = device.description.computeUnits * (isGPU ? 4096 : 4)
    let lanes = device.tile.lanes
    let numbers = try device.empty([items * lanes])
    try device.fill(numbers, with: 1)
    func run(_ length: Int) throws {
      try device.launch(
        Kernel("ceilings", "fma_chains"), items: items,
        [.tensor(numbers), .int(length), .float(0.999), .float(0.001)])
    }
    func seconds(_ length: Int) throws -> Double { try device.time { try run(length) }.seconds }
    _ = try seconds(1)
    var length = 16
    while length < 1 << 24, try seconds(length) < 0.01 { length *= 2 }
    let timing = try Timing(on: device, rounds: rounds) { try run(length) }
    return (timing, 2 * Double(chains) * Double(lanes) * Double(items) * Double(length))
  }

  /// A copy between two tensors that no cache holds.
  private static func copy(_ device: any Device, _ rounds: Int) throws -> (Timing, Double) {
    let bytes = max(1 << 24, min(1 << 28, device.description.memoryBytes / 16))
    let count = bytes / MemoryLayout<Float>.stride
    let (from, to) = (try device.empty([count]), try device.empty([count]))
    try device.fill(from, with: 1)
    let timing = try Timing(on: device, rounds: rounds) {
      try device.launchElementwise(
        Kernel("ceilings", "stream_copy"), count: count, [.tensor(from), .tensor(to)])
    }
    return (timing, 2 * Double(count) * Double(MemoryLayout<Float>.stride))
  }
}

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
        var row = Row(ceilings.copy)
        row.gigabytesPerSecond = ceilings.bytesPerSecond * 1e-9
        return row
      },
    ]
  }
}
