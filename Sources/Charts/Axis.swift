import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One direction of a chart: what it is called, how far it reaches, where its ticks are.
public struct Axis: Sendable {
  public enum Scale: Sendable { case linear, logarithmic }

  public let label: String
  public let scale: Scale
  public let range: ClosedRange<Double>

  /// Numbers beyond are drawn as if they were here: differences of larger ones are infinite.
  private static let most = 1e150

  /// An axis over a range; a range of one point is widened, and so is a logarithmic one that reaches
  /// zero.
  public init(_ label: String, over range: ClosedRange<Double>, scale: Scale = .linear) {
    self.label = label
    self.scale = scale
    var (low, high) = (
      min(max(range.lowerBound, -Self.most), Self.most),
      min(max(range.upperBound, -Self.most), Self.most)
    )
    switch scale {
    case .linear:
      let size = max(1, abs(low))
      if high - low < 1e-12 * size { (low, high) = (low - 0.5 * size, high + 0.5 * size) }
    case .logarithmic:
      low = max(low, 1e-9)
      high = max(high, low * 10)
    }
    self.range = low...high
  }

  /// An axis over what is to be shown, with a margin; from 0 on where that is asked for.
  public init(_ label: String, fitting values: [Double], fromZero: Bool = false) {
    let finite = values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    let start = fromZero ? min(0, low) : low
    let margin = 0.05 * (high - start)
    self.init(label, over: (start == 0 ? 0 : start - margin)...(high + margin))
  }

  /// Where a value lies, 0 at the low end and 1 at the high one.
  public func position(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    switch scale {
    case .linear: return (value - low) / (high - low)
    case .logarithmic: return log(max(value, 1e-12) / low) / log(high / low)
    }
  }

  /// Values worth a mark, with their texts: multiples of 1, 2 or 5 of a power of ten, or the powers.
  public func ticks(about count: Int) -> [(value: Double, text: String)] {
    switch scale {
    case .linear: linearTicks(count)
    case .logarithmic: decades(count)
    }
  }

  private func linearTicks(_ count: Int) -> [(value: Double, text: String)] {
    let raw = (range.upperBound - range.lowerBound) / Double(max(count, 1))
    let power = pow(10, floor(log10(raw)))
    let step = ([1, 2, 5, 10].first { $0 * power >= raw * 0.75 } ?? 10) * power
    let digits = max(0, Int(-floor(log10(step * 1.001))))
    let first = Int(ceil(range.lowerBound / step - 1e-9))
    let last = max(first, Int(floor(range.upperBound / step + 1e-9)))
    return (first...last).map { multiple in
      (Double(multiple) * step, Readable.fixed(Double(multiple) * step, digits))
    }
  }

  private func decades(_ count: Int) -> [(value: Double, text: String)] {
    let first = Int(ceil(log10(range.lowerBound) - 1e-9))
    let last = Int(floor(log10(range.upperBound) + 1e-9))
    guard first <= last else { return [(range.lowerBound, "\(range.lowerBound)")] }
    let step = max(1, (last - first) / max(count, 1))
    return stride(from: first, through: last, by: step).map { power in
      (pow(10, Double(power)), Readable.fixed(pow(10, Double(power)), max(0, -power)))
    }
  }
}
