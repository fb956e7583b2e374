import Operators

/// What a device can do at most, measured: multiply-adds in registers, copies of tensors of several
/// sizes, and launches that do next to nothing.
public struct Ceilings: Sendable {
  public struct Copy: Sendable {
    /// Read and written together.
    public var bytes: Double
    public var samples: Samples

    public var bytesPerSecond: Double { bytes / samples.least }
  }

  /// What a piece of work is bound by.
  public enum Bound: String, Sendable, Codable { case compute, memory, launch }

  public private(set) var arithmetic: Samples
  private var arithmeticFlops: Double
  /// By rising size, all of which a cache may hold.
  private var copies: [Copy]
  /// Of what no cache holds: written as most programs write, and past the caches.
  ///
  /// The first reads what it overwrites, too; the second is how kernels write what is read much later.
  public private(set) var copy, copyPastCaches: Copy
  /// Of one item, which need not be shared out, and of one for each compute unit.
  private var single, shared: Samples

  public var flopsPerSecond: Double { arithmeticFlops / arithmetic.least }
  /// Of memory that no cache holds, by the faster copy.
  public var bytesPerSecond: Double {
    max(copy.bytesPerSecond, copyPastCaches.bytesPerSecond)
  }

  /// Bytes a second where so many bytes are read and written over and over.
  public func bytesPerSecond(of bytes: Double) -> Double {
    guard let copy = copies.first(where: { $0.bytes >= bytes }) else { return bytesPerSecond }
    // A short copy is mostly its launch, which is counted by itself.
    return copy.bytes / max(copy.samples.least - shared.least, copy.samples.least / 4)
  }

  /// Seconds that work needs at least: the slower of its arithmetic and its traffic.
  public func floor(flops: Double, bytes: Double) -> Double {
    max(flops / flopsPerSecond, bytes / bytesPerSecond)
  }

  /// The same for work whose tensors stay in the cache that holds them, and for its launches of so
  /// many items; and which of the three is the slowest.
  public func warmFloor(
    flops: Double, bytes: Double, launches: [Int]
  ) -> (seconds: Double, bound: Bound) {
    let parts: [(seconds: Double, bound: Bound)] = [
      (flops / flopsPerSecond, .compute), (bytes / bytesPerSecond(of: bytes), .memory),
      (launches.reduce(0) { $0 + ($1 < 2 ? single : shared).least }, .launch),
    ]
    return parts.max { $0.seconds < $1.seconds } ?? parts[0]
  }

  public init(of device: any Device, rounds: Int = 7) throws {
    (arithmetic, arithmeticFlops) = try Ceilings.arithmetic(device, rounds)
    let most = max(1 << 24, min(1 << 28, device.description.memoryBytes / 16))
    let small = stride(from: 17, through: 23, by: 2).map { 1 << $0 }
    copies = try small.map { try Ceilings.copy($0, device, rounds) }
    copy = try Ceilings.copy(most, device, rounds)
    copyPastCaches = try Ceilings.copy(most, past: true, device, rounds)
    single = try Ceilings.launch(1, device, rounds)
    shared = try Ceilings.launch(max(2, device.description.computeUnits), device, rounds)
  }

  private static func launch(_ items: Int, _ device: any Device, _ rounds: Int) throws -> Samples {
    let numbers = try device.empty([items * device.tile.lanes])
    try device.fill(numbers, with: 1)
    let plan = try device.plan {
      try device.launch(
        Kernel("ceilings", "fma_chains"), items: items,
        [.tensor(numbers), .int(1), .float(0.999), .float(0.001)])
      return numbers
    }
    return try Samples(on: device, rounds: rounds) { _ = try plan.run() }
  }

  /// Chains of multiply-adds in registers, of some 10 milliseconds.
  private static func arithmetic(_ device: any Device, _ rounds: Int) throws -> (Samples, Double) {
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
    let samples = try Samples(on: device, rounds: rounds) { try run(length) }
    return (samples, 2 * Double(chains) * Double(lanes) * Double(items) * Double(length))
  }

  /// A copy between two tensors of so many bytes each.
  private static func copy(
    _ bytes: Int, past: Bool = false, _ device: any Device, _ rounds: Int
  ) throws -> Copy {
    let count = bytes / MemoryLayout<Float>.stride
    let (from, to) = (try device.empty([count]), try device.empty([count]))
    try device.fill(from, with: 1)
    let samples = try Samples(on: device, rounds: rounds) {
      try device.launchElementwise(
        Kernel("ceilings", "stream_copy"), count: count, [.tensor(from), .tensor(to)],
        [.flag(past)])
    }
    return Copy(bytes: 2 * Double(count * MemoryLayout<Float>.stride), samples: samples)
  }
}
