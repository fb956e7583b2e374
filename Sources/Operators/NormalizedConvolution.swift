/// A convolution, batch norm and activation as one: x [N,H,W,Ci], weights [Ky,Kx,Ci/groups,Co],
/// gamma, beta, running mean and running variance [Co], and, for inference, a residual to add.
///
/// No pass of its own over an activation: the convolution reads x through the batch norm before it,
/// gathers its results' statistics while storing them, and leaves its own batch norm to its
/// readers. With running statistics it stores what readers want. Of an activation stored as halves
/// it makes one that is.
public struct NormalizedConvolution: FusedOperator {
  public var convolution: Convolution
  public var norm: BatchNorm

  public init(_ convolution: Convolution, _ norm: BatchNorm) {
    self.convolution = convolution
    self.norm = norm
  }

  private var isInference: Bool { norm.isRunning }

  public var outputActivation: Activation? { isInference ? nil : norm.activation }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let shape = convolution.outputShape(Array(inputs[..<2]))
    precondition(
      inputs.count == 6 || (inputs.count == 7 && isInference && inputs[6] == shape),
      "normalized convolution of \(inputs)")
    return norm.outputShape([shape] + inputs[2..<6])
  }

  public func multiplyAdds(_ inputs: [Shape]) -> Int {
    convolution.multiplyAdds(Array(inputs[..<2]))
  }

  public func forward(_ inputs: [Variable]) throws -> FusedForward {
    let (x, w) = (inputs[0].reading, inputs[1].value)
    let parameters = inputs[2..<6].map(\.value)
    let method = convolution.method(x.shape, w)
    let y = try x.x.device.empty(
      outputShape(inputs.map(\.shape)), of: method.isFused ? x.x.element : .float)
    if isInference {
      precondition(x.x.element == .float, "inference on halves")
      let addend = try inputs.count > 6 ? inputs[6].activations() : nil
      _ = try method.forward(
        x, w, into: y, .normalize(norm.inference(parameters, addend: addend)))
      return FusedForward(y)
    }
    guard let sums = try method.forward(x, w, into: y, .statistics) else {
      preconditionFailure("no statistics gathered")
    }
    return FusedForward(
      y, try norm.normalization(sums, rows: y.count / y.shape[3], parameters))
  }

  public func backward(_ inputs: [Variable], _ output: Variable, saved: [Tensor]) throws {
    guard let normalization = output.normalization else {
      preconditionFailure("the way back through running statistics")
    }
    let (finished, sums) = try output.finishedGradient()
    let gradient = try norm.gradient(
      finished, sums, of: output.stored, normalization, gamma: try inputs[2].sink(),
      beta: try inputs[3].sink())
    let (x, w) = (inputs[0].reading, inputs[1].value)
    try convolution.method(x.shape, w).backward(
      x, w, gradient, weights: try inputs[1].sink(), input: inputs[0])
  }
}

extension NormalizedConvolution {
  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let z = convolution.reference(Array(inputs[..<2]))
    var y = norm.reference([z] + inputs[2..<6])
    if inputs.count > 6 { for i in y.values.indices { y.values[i] += inputs[6].values[i] } }
    return y
  }

  private static func inputs(
    _ x: Shape, _ w: OperatorCase.Input, values: OperatorCase.Input.Values = .normal,
    isInference: Bool = false, residual: Shape? = nil
  ) -> [OperatorCase.Input] {
    let c = w.shape[3]
    func input(_ shape: Shape, _ values: OperatorCase.Input.Values = .normal) -> OperatorCase.Input
    {
      .init(shape: shape, values: values, needsGradient: !isInference)
    }
    var weights = w
    // Far from zero it is a sum of large terms that cancel, whatever computes it.
    if case .distant = values { weights.needsGradient = false }
    if isInference { weights.needsGradient = false }
    return [
      input(x, values), weights, input([c]), input([c]), .constant(c, values: .normal),
      .constant(c, values: .positive),
    ] + (residual.map { [input($0)] } ?? [])
  }

  public static var cases: [OperatorCase] {
    let batch = { BatchNorm(.batch(momentum: nil), activation: $0) }
    let running = { BatchNorm(.running, activation: $0) }
    return [
      .init(
        "1x1", Self(Convolution(), batch(.relu)),
        inputs([2, 5, 6, 9], .parameter(1, 1, 9, 21))),
      .init(
        "1x1, many rows and columns", Self(Convolution(), batch(.identity)),
        inputs([2, 20, 21, 5], .slice([1, 1, 5, 70], of: [1, 1, 8, 80], from: [0, 0, 0, 0]))),
      .init(
        "1x1, far from zero", Self(Convolution(), batch(.identity)),
        inputs([2, 20, 21, 5], .parameter(1, 1, 5, 24), values: .distant)),
      .init(
        "1x1, long sums of few rows", Self(Convolution(), batch(.relu)),
        inputs([1, 3, 3, 201], .parameter(1, 1, 201, 40))),
      .init(
        "3x3 stride 2", Self(.same(kernel: 3, stride: 2), batch(.swish)),
        inputs([2, 7, 8, 3], .parameter(3, 3, 3, 17))),
      .init(
        "3x3 in 2 groups", Self(.same(kernel: 3, groups: 2), batch(.relu)),
        inputs([2, 4, 5, 6], .parameter(3, 3, 3, 10))),
      .init(
        "depthwise 3x3", Self(.same(kernel: 3, groups: 19), batch(.relu)),
        inputs([2, 9, 8, 19], .parameter(3, 3, 1, 19))),
      .init(
        "depthwise 5x5 stride 2", Self(.same(kernel: 5, stride: 2, groups: 6), batch(.hardSwish)),
        inputs([2, 9, 7, 6], .parameter(5, 5, 1, 6))),
      .init(
        "3x3, whole vectors", Self(.same(kernel: 3), batch(.relu)),
        inputs([2, 7, 9, 8], .slice([3, 3, 8, 36], of: [3, 3, 12, 40], from: [0, 0, 0, 0]))),
      .init(
        "depthwise 3x3, whole vectors", Self(.same(kernel: 3, groups: 36), batch(.relu)),
        inputs([2, 9, 8, 36], .parameter(3, 3, 1, 36))),
      .init(
        "depthwise 5x5 stride 2, whole vectors",
        Self(.same(kernel: 5, stride: 2, groups: 12), batch(.hardSwish)),
        inputs([2, 9, 7, 12], .parameter(5, 5, 1, 12))),
      .init(
        "depthwise 3x3 dilation 2",
        Self(.same(kernel: 3, dilation: 2, groups: 4), batch(.relu)),
        inputs([2, 6, 5, 4], .parameter(3, 3, 1, 4))),
      .init(
        "running, 1x1 with residual", Self(Convolution(), running(.identity)),
        inputs([2, 5, 6, 9], .parameter(1, 1, 9, 21), isInference: true, residual: [2, 5, 6, 21])),
      .init(
        "running, 1x1, long sums of few rows", Self(Convolution(), running(.hardSwish)),
        inputs([1, 3, 3, 201], .parameter(1, 1, 201, 40), isInference: true)),
      .init(
        "running, 3x3", Self(.same(kernel: 3), running(.relu6)),
        inputs([1, 5, 6, 7], .parameter(3, 3, 7, 33), isInference: true)),
      .init(
        "running, depthwise 3x3", Self(.same(kernel: 3, groups: 18), running(.relu)),
        inputs([1, 5, 6, 18], .parameter(3, 3, 1, 18), isInference: true)),
      .init(
        "running, depthwise 3x3 dilation 2",
        Self(.same(kernel: 3, dilation: 2, groups: 4), running(.relu)),
        inputs([2, 6, 5, 4], .parameter(3, 3, 1, 4), isInference: true)),
    ]
  }
}
