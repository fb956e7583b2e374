import Operators

/// Whether a device under some settings computes what it should: what a variant must pass before it
/// may win.
///
/// A build without errors can still compute nonsense. On small odd shapes the measure is the
/// reference in double precision; at full size, where that would take hours, the device untuned.
final class VariantCheck {
  /// Float32 sums of a few thousand terms, relative to the largest magnitude at hand.
  private static let smallTolerance = 5e-5
  /// Sums of a million terms, added in another order.
  private static let fullTolerance = 5e-4
  /// Of a network's gradients, in which the rounding of many layers adds up.
  private static let wholeTolerance = 5e-3

  private var expected: [[Int]: Expectation] = [:]

  /// nil where a device that is tuned so agrees with the reference.
  func problem(of work: ConvolutionWork, settings: [String: Int], on device: any Device) throws
    -> String?
  {
    let small = SmallCase(like: work)
    let expectation = expected[small.key] ?? Expectation(small)
    expected[small.key] = expectation
    let kept = device.tuning
    defer { device.tuning = kept }
    for bucket in try small.buckets(on: device) {
      device.tuning.choices[bucket] = Tuning.Choice(settings)
    }
    let computed = try small.computed(on: device)
    let pairs = [
      ("results", computed.y, expectation.y),
      ("the input's gradient", small.sampledX.map { computed.dx[$0] }, expectation.dx),
      ("the weights' gradient", small.sampledW.map { computed.dw[$0] }, expectation.dw),
    ]
    for (name, values, reference) in pairs {
      if let difference = Self.difference(values, reference, Self.smallTolerance) {
        return "\(name) on a small shape differ by \(difference)"
      }
    }
    return nil
  }

  /// nil where two runs of one piece of work agree.
  static func problem(
    _ numbers: [[Float]], against plain: [[Float]], isWhole: Bool = false
  ) -> String? {
    let tolerance = isWhole ? wholeTolerance : fullTolerance
    guard zip(numbers, plain).allSatisfy({ $0.count == $1.count }) else { return "another shape" }
    for (a, b) in zip(numbers, plain) {
      if let difference = difference(a, b.map(Double.init), tolerance) {
        return "results differ from the default's by \(difference)"
      }
    }
    return nil
  }

  private static func difference(
    _ computed: [Float], _ reference: [Double], _ tolerance: Double
  ) -> Double? {
    var (worst, scale) = (0.0, 1.0)
    for (a, b) in zip(computed, reference) {
      let difference = abs(Double(a) - b)
      guard difference.isFinite else { return .infinity }
      worst = max(worst, difference)
      scale = max(scale, abs(b))
    }
    return worst <= tolerance * scale ? nil : worst
  }

  /// What a case should give, by its definition.
  private struct Expectation {
    let y: [Double]
    let dx: [Double]
    let dw: [Double]

    init(_ small: SmallCase) {
      let reference = small.convolution.reference
      y = reference([small.x, small.w]).values
      // A convolution is linear in each input: a basis vector gives the gradient's element.
      func product(_ x: ReferenceArray, _ w: ReferenceArray) -> Double {
        zip(reference([x, w]).values, small.gradient.values).reduce(0) { $0 + $1.0 * $1.1 }
      }
      func basis(_ shape: Shape, _ element: Int) -> ReferenceArray {
        var array = ReferenceArray(zeros: shape)
        array.values[element] = 1
        return array
      }
      dx = small.sampledX.map { product(basis(small.x.shape, $0), small.w) }
      dw = small.sampledW.map { product(small.x, basis(small.w.shape, $0)) }
    }
  }
}
