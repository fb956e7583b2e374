/// An activation function applied to each element, by itself (`BatchNorm` carries its own).
///
/// On a tape a rectifier of images [N,H,W,C] makes no pass of its own: its readers apply it while
/// loading, and the last of them to contribute to its gradient takes its slope into it.
public struct ActivationFunction: FusedOperator {
  public var activation: Activation

  public init(_ activation: Activation) { self.activation = activation }

  public func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  public var outputActivation: Activation? { activation }

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

  /// Whether readers apply it to a tensor of a shape: it costs next to nothing.
  public func isLeftToReaders(_ shape: Shape) -> Bool {
    (activation == .relu || activation == .relu6) && shape.count == 4
  }

  public func forward(_ inputs: [Variable]) throws -> FusedForward {
    let x = inputs[0]
    let before = x.normalization?.activation ?? .identity
    guard isLeftToReaders(x.shape), before == .identity else {
      return FusedForward(try forward([try x.activations()]).output)
    }
    let saved = try x.normalization?.saved ?? Normalization.identityTable(x.shape[3], on: x.device)
    return FusedForward(x.stored, Normalization(saved: saved, activation: activation))
  }

  public func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws {
    let x = inputs[0]
    guard output.normalization != nil else {
      guard let gradient = output.gradient else { return }
      return try backward(
        Backward(
          inputs: [try x.activations()], output: output.value, saved: [], gradient: gradient,
          sinks: [try x.sink()]))
    }
    let (finished, sums) = try output.finishedGradient()
    // Of a batch norm that nobody else reads they are the sums of its own gradient.
    let isOnly = x.normalization != nil && x.readers == 1
    try x.contribute(finished, sums: isOnly ? sums : nil, isShared: false)
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

extension Normalization {
  /// The table of one that changes nothing.
  fileprivate static func identityTable(_ channels: Int, on device: any Device) throws -> Tensor {
    try device.once {
      let saved = try device.empty([4, channels])
      try device.fill(saved, with: 0)
      try device.fill(saved.slice(from: [1, 0], sizes: [2, channels]), with: 1)
      return saved
    }
  }
}
