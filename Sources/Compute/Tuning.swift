/// How a tuner found that a device should do its work: this decides how fast it is done and in
/// which order sums are added, and nothing else.
public struct Tuning: Sendable, Equatable {
  /// Settings by their names, and the times that speak for them.
  public struct Choice: Sendable, Equatable {
    public var settings: [String: Int]
    public var defaultTime: Duration
    public var time: Duration

    public init(
      _ settings: [String: Int], defaultTime: Duration = .zero, time: Duration = .zero
    ) {
      self.settings = settings
      self.defaultTime = defaultTime
      self.time = time
    }

    /// `block-rows 32, items-per-unit 4`.
    public var text: String {
      settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
  }

  public var build: DeviceBuild
  public var choices: [WorkBucket: Choice]
  /// The file it was read from.
  public var origin: String?

  /// Without arguments, what a device does untuned.
  public init(
    build: DeviceBuild = DeviceBuild(), choices: [WorkBucket: Choice] = [:], origin: String? = nil
  ) {
    self.build = build
    self.choices = choices
    self.origin = origin
  }

  public var isEmpty: Bool { build == DeviceBuild() && choices.isEmpty }

  /// How many things it decides.
  public var count: Int { choices.count + (build == DeviceBuild() ? 0 : 1) }
}

/// How all kernels of a device are compiled, where that is not the device's own default.
public struct DeviceBuild: Sendable, Hashable {
  /// Of the native CPU.
  public var instructionSet: String?
  /// Of an OpenCL device.
  public var tile: Tile?

  public init(instructionSet: String? = nil, tile: Tile? = nil) {
    self.instructionSet = instructionSet
    self.tile = tile
  }

  /// `AVX2`, `16 lanes, 12 x 2`, `default`.
  public var text: String {
    if let instructionSet { return instructionSet }
    return tile.map { "\($0.lanes) lanes, \($0.rows) x \($0.columns)" } ?? "default"
  }
}

/// Work of one kind and about one size, for which one choice is made.
public struct WorkBucket: Hashable, Sendable, Codable {
  public let operation: String
  /// Rows and columns of the result, rounded up to powers of two.
  public let rows: Int
  public let columns: Int
  /// Terms of each sum, rounded likewise; of a depthwise convolution, the pixels of an image's row.
  public let depth: Int
  public let kernel: Int
  public let stride: Int

  public init(_ operation: String, rows: Int, columns: Int, depth: Int, kernel: Int, stride: Int) {
    self.operation = operation
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.kernel = kernel
    self.stride = stride
  }

  /// The power of two that `count` is rounded up to.
  public static func rounded(_ count: Int) -> Int {
    count <= 1 ? 1 : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
  }

  /// `convolution 1x1, rows 65536, columns 64, depth 32`.
  public var text: String {
    "\(operation) \(kernel)x\(kernel)\(stride == 1 ? "" : " stride \(stride)"), "
      + "rows \(rows), columns \(columns), depth \(depth)"
  }
}
