#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An activation function.
///
/// The order is the kernels' (`kernels/prelude.h`).
public enum Activation: Int, CaseIterable, Sendable, Codable {
  case identity, relu, relu6, hardSwish, swish, sigmoid, hardSigmoid, tanh

  /// Whether it does no more than keep values between two bounds.
  var clamps: Bool { self == .identity || self == .relu || self == .relu6 }

  /// Its name in files and on the command line.
  public var name: String {
    switch self {
    case .hardSwish: "hard-swish"
    case .hardSigmoid: "hard-sigmoid"
    default: "\(self)"
    }
  }

  public init?(name: String) {
    guard let found = Activation.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The definition, in double precision.
  public func callAsFunction(_ x: Double) -> Double {
    let clamped = min(max(x + 3, 0), 6) / 6
    switch self {
    case .identity: return x
    case .relu: return max(x, 0)
    case .relu6: return min(max(x, 0), 6)
    case .hardSwish: return x * clamped
    case .swish: return x / (1 + exp(-x))
    case .sigmoid: return 1 / (1 + exp(-x))
    case .hardSigmoid: return clamped
    case .tanh: return _tanh(x)
    }
  }

  private func _tanh(_ x: Double) -> Double {
    let e = exp(-2 * abs(x))
    return (x < 0 ? -1 : 1) * (1 - e) / (1 + e)
  }
}
