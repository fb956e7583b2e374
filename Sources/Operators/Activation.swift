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

/// An activation function applied to each element, by itself (`BatchNorm` carries its own).
public struct ActivationFunction: Operator {
  public var activation: Activation

  public init(_ activation: Activation) { self.activation = activation }

  public func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let x = inputs[0]
    let y = try x.device.empty(x.shape)
    try x.device.launchElementwise(
      Kernel("elementwise", "activation"), count: x.count, [.tensor(x), .tensor(y)],
      [.int(activation.rawValue)])
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    guard let sink = pass.sinks[0] else { return }
    let x = pass.inputs[0]
    try x.device.launchElementwise(
      Kernel("elementwise", "activation_gradient"), count: x.count,
      [.tensor(x), .tensor(pass.gradient), .tensor(sink.tensor)],
      [.int(activation.rawValue), .flag(sink.accumulate)])
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    ReferenceArray(inputs[0].shape, inputs[0].values.map { activation($0) })
  }

  public static var cases: [OperatorCase] {
    Activation.allCases.map { activation in
      .init(activation.name, Self(activation), [.activation(2, 3, 5, 7, values: .spread)])
    } + [.init("one element", Self(.swish), [.activation(1, 1)])]
  }
}
