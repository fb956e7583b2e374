/// Each element zeroed with probability `rate`, the others scaled up to keep the mean.
///
/// The mask is a function of `seed` and the element's position, so it need not be stored
/// (Srivastava et al. 2014, inverted form).
public struct Dropout: Operator {
  public var rate: Float
  public var seed: UInt32
  /// The place of its first row among those that share the mask, as ranks do.
  public var firstRow: Int

  public init(rate: Float, seed: UInt32, firstRow: Int = 0) {
    precondition((0..<1).contains(rate), "dropout rate \(rate)")
    self.rate = rate
    self.seed = seed
    self.firstRow = firstRow
  }

  public func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  /// The place of the first element.
  private func first(_ shape: Shape) -> Int { firstRow * shape.dropFirst().reduce(1, *) }

  private func apply(_ x: Tensor, into sink: GradientSink) throws {
    try x.device.launchElementwise(
      Kernel("elementwise", "dropout"), count: x.count, [.tensor(x), .tensor(sink.tensor)],
      [
        .float(rate), .int(Int(Int32(bitPattern: seed))),
        .int(Int(Int32(truncatingIfNeeded: first(x.shape)))), .flag(sink.accumulate),
      ])
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let y = try inputs[0].device.empty(inputs[0].shape)
    try apply(inputs[0], into: GradientSink(y, accumulate: false))
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    if let sink = pass.sinks[0] { try apply(pass.gradient, into: sink) }
  }

  /// Whether element `i` stays: the kernel's hash.
  func keeps(_ i: Int) -> Bool {
    var h = UInt32(truncatingIfNeeded: i) &* 0x9E37_79B9 &+ seed
    h = (h ^ (h >> 16)) &* 0x85EB_CA6B
    h = (h ^ (h >> 13)) &* 0xC2B2_AE35
    h ^= h >> 16
    h = (h &+ seed &* 0x27D4_EB2F) &* 0x1656_67B1
    return Float((h ^ (h >> 15)) >> 8) * (1 / 16_777_216) >= rate
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let x = inputs[0]
    return ReferenceArray(
      x.shape,
      x.values.indices.map {
        keeps(first(x.shape) + $0) ? x.values[$0] / Double(1 - rate) : 0
      })
  }

  public static var cases: [OperatorCase] {
    [
      .init("rate 0.3", Self(rate: 0.3, seed: 7), [.activation(5, 37)]),
      .init("rate 0", Self(rate: 0, seed: 1), [.activation(1, 3)]),
      .init("from row 5", Self(rate: 0.5, seed: 9, firstRow: 5), [.activation(3, 37)]),
    ]
  }
}
