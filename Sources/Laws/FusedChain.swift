import Operators

/// Convolutions, batch norms and residuals one after the other on a tape, as a network applies
/// them: each reads its input through the normalization before it, and the way back is fused.
///
/// Inputs: x, then weights, gamma and beta of each convolution; weights of those without a batch norm.
struct FusedChain: TapedOperator {
  enum Step {
    case convolution(Convolution, Activation)
    /// Without a batch norm.
    case bare(Convolution)
    /// Adds the value after the given step (0: x).
    case add(Int)
    /// The value after the given step once more, for another reader.
    case again(Int)
    /// Any other operator of one input.
    case plain(any Operator)
    /// Its product with a gate made from its mean.
    case squeezeExcitation
  }

  var steps: [Step]

  /// Values after each step, from any kind of value.
  private func values<Value>(
    _ inputs: [Value], _ apply: (any Operator, [Value]) throws -> Value
  ) rethrows -> [Value] {
    var values = [inputs[0]]
    var parameters = inputs.dropFirst()
    for step in steps {
      let x = values[values.count - 1]
      switch step {
      case .convolution(let convolution, let activation):
        let (w, gamma, beta) = (
          parameters.removeFirst(), parameters.removeFirst(), parameters.removeFirst()
        )
        values.append(
          try apply(
            NormalizedConvolution(
              convolution, BatchNorm(.batch(momentum: nil), activation: activation)),
            // The running statistics are untouched.
            [x, w, gamma, beta, beta, beta]))
      case .bare(let convolution):
        values.append(try apply(convolution, [x, parameters.removeFirst()]))
      case .add(let step): values.append(try apply(Add(), [values[step], x]))
      case .again(let step): values.append(values[step])
      case .plain(let operation): values.append(try apply(operation, [x]))
      case .squeezeExcitation:
        let mean = try apply(GlobalAveragePool(), [x])
        let gate = try apply(ActivationFunction(.sigmoid), [mean])
        values.append(try apply(ChannelScale(), [x, gate]))
      }
    }
    return values
  }

  private func last<Value>(_ values: [Value]) -> Value { values[values.count - 1] }

  func outputShape(_ inputs: [Shape]) -> Shape {
    last(values(inputs) { $0.outputShape($1) })
  }

  func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    last(values(inputs) { $0.reference($1) })
  }

  func value(_ inputs: [Variable], on tape: Tape) throws -> Variable {
    last(try values(inputs) { try tape.apply($0, $1) })
  }

  private static func parameters(_ kernel: Int, _ inputs: Int, _ outputs: Int)
    -> [OperatorCase.Input]
  {
    [.parameter(kernel, kernel, inputs, outputs), .parameter(outputs), .parameter(outputs)]
  }

  static var cases: [OperatorCase] {
    let pointwise = Convolution()
    func depthwise(_ kernel: Int, _ channels: Int, stride: Int = 1) -> Convolution {
      .same(kernel: kernel, stride: stride, groups: channels)
    }
    return [
      .init(
        "inverted residual, swish",
        Self(steps: [
          .convolution(pointwise, .identity), .convolution(pointwise, .swish),
          .convolution(depthwise(3, 20), .swish), .convolution(pointwise, .identity), .add(1),
        ]),
        [.activation(2, 4, 5, 3)] + parameters(1, 3, 6) + parameters(1, 6, 20)
          + parameters(3, 1, 20) + parameters(1, 20, 6)),
      .init(
        "inverted residual, relu",
        Self(steps: [
          .convolution(pointwise, .relu), .convolution(depthwise(5, 18), .relu),
          .convolution(pointwise, .identity), .add(0), .convolution(pointwise, .relu6),
        ]),
        [.activation(2, 5, 3, 5)] + parameters(1, 5, 18) + parameters(5, 1, 18)
          + parameters(1, 18, 5) + parameters(1, 5, 9)),
      .init(
        "two residuals",
        Self(steps: [
          .convolution(pointwise, .swish), .convolution(pointwise, .identity), .add(1),
          .convolution(depthwise(3, 6), .swish), .convolution(pointwise, .identity), .add(3),
          .convolution(pointwise, .tanh),
        ]),
        [.activation(2, 4, 3, 5)] + parameters(1, 5, 6) + parameters(1, 6, 6) + parameters(3, 1, 6)
          + parameters(1, 6, 6) + parameters(1, 6, 20)),
      .init(
        "squeeze-and-excitation, relu, residual",
        Self(steps: [
          .convolution(pointwise, .identity), .convolution(depthwise(3, 6), .relu),
          .squeezeExcitation, .convolution(pointwise, .identity), .add(1),
          .convolution(pointwise, .relu), .plain(GlobalAveragePool()),
        ]),
        [.activation(2, 4, 5, 3)] + parameters(1, 3, 6) + parameters(3, 1, 6)
          + parameters(1, 6, 6) + parameters(1, 6, 18)),
      .init(
        "squeeze-and-excitation, hard swish, many channels",
        Self(steps: [
          .convolution(pointwise, .hardSwish), .squeezeExcitation,
          .convolution(pointwise, .identity), .plain(GlobalAveragePool()),
        ]),
        [.activation(2, 9, 8, 3)] + parameters(1, 3, 165) + parameters(1, 165, 7)),
      .init(
        "sums of sums",
        Self(steps: [
          .convolution(pointwise, .identity), .convolution(pointwise, .identity), .add(0),
          .add(1), .convolution(pointwise, .identity), .add(4), .add(2), .add(5),
          .convolution(pointwise, .tanh),
        ]),
        [.activation(2, 4, 3, 6)] + parameters(1, 6, 6) + parameters(1, 6, 6) + parameters(1, 6, 6)
          + parameters(1, 6, 4)),
      .init(
        "stem, strides, no residual",
        Self(steps: [
          .convolution(.same(kernel: 3, stride: 2), .hardSwish),
          .convolution(depthwise(3, 5, stride: 2), .swish), .convolution(pointwise, .tanh),
        ]),
        [.activation(2, 9, 10, 2)] + parameters(3, 2, 5) + parameters(3, 1, 5)
          + parameters(1, 5, 3)),
      .init(
        "dense 3x3 of many channels, relu",
        Self(steps: [
          .convolution(.same(kernel: 3), .relu), .convolution(.same(kernel: 3), .relu6), .add(1),
          .convolution(.same(kernel: 3, stride: 2), .swish),
        ]),
        [.activation(3, 7, 6, 6)] + parameters(3, 6, 18) + parameters(3, 18, 18)
          + parameters(3, 18, 35)),
      .init(
        "dense 3x3 after 3x3",
        Self(steps: [
          .convolution(.same(kernel: 3), .swish), .convolution(.same(kernel: 3, stride: 2), .swish),
        ]),
        [.activation(1, 6, 5, 3)] + parameters(3, 3, 4) + parameters(3, 4, 6)),
      .init(
        "7x7, both strides",
        Self(steps: [
          .convolution(pointwise, .relu), .convolution(depthwise(7, 18), .relu6),
          .convolution(depthwise(7, 18, stride: 2), .hardSwish),
          .convolution(pointwise, .identity),
        ]),
        [.activation(2, 6, 9, 3)] + parameters(1, 3, 18) + parameters(7, 1, 18)
          + parameters(7, 1, 18) + parameters(1, 18, 5)),
      .init(
        "several tiles each way",
        Self(steps: [
          .convolution(pointwise, .relu), .convolution(depthwise(3, 100, stride: 2), .swish),
          .convolution(pointwise, .identity),
        ]),
        [.activation(1, 12, 11, 4)] + parameters(1, 4, 100) + parameters(3, 1, 100)
          + parameters(1, 100, 9)),
      .init(
        "long sums of few rows",
        Self(steps: [
          .convolution(pointwise, .swish), .convolution(pointwise, .relu),
          .convolution(pointwise, .identity),
        ]),
        [.activation(1, 3, 3, 5)] + parameters(1, 5, 40) + parameters(1, 40, 150)
          + parameters(1, 150, 6)),
      .init(
        "read by a plain operator and a convolution",
        Self(steps: [
          .convolution(pointwise, .swish), .plain(ActivationFunction(.tanh)), .add(1),
          .convolution(depthwise(3, 7), .sigmoid), .plain(ActivationFunction(.swish)), .add(4),
          .add(1),
        ]),
        [.activation(1, 4, 4, 3)] + parameters(1, 3, 7) + parameters(3, 1, 7)),
      .init(
        "rectifier behind a batch norm",
        Self(steps: [
          .convolution(pointwise, .identity), .plain(ActivationFunction(.relu)),
          .convolution(.same(kernel: 3), .swish),
        ]),
        [.activation(2, 4, 5, 3)] + parameters(1, 3, 18) + parameters(3, 18, 5)),
      .init(
        "rectifier of a batch norm with other readers",
        Self(steps: [
          .convolution(pointwise, .identity), .plain(ActivationFunction(.relu6)),
          .convolution(pointwise, .identity), .add(1), .convolution(pointwise, .swish),
        ]),
        [.activation(2, 4, 5, 3)] + parameters(1, 3, 6) + parameters(1, 6, 6)
          + parameters(1, 6, 4)),
      .init(
        "rectifier of a batch norm that a plain operator read before",
        Self(steps: [
          .convolution(pointwise, .identity), .plain(ActivationFunction(.tanh)), .again(1),
          .plain(ActivationFunction(.relu)), .convolution(pointwise, .identity), .add(2),
          .plain(GlobalAveragePool()),
        ]),
        [.activation(2, 4, 5, 3)] + parameters(1, 3, 6) + parameters(1, 6, 6)),
      .init(
        "rectified sums, convolutions without batch norm",
        Self(steps: [
          .convolution(pointwise, .identity), .convolution(pointwise, .identity), .add(1),
          .plain(ActivationFunction(.relu)), .convolution(.same(kernel: 3), .identity), .add(4),
          .plain(ActivationFunction(.relu6)), .bare(depthwise(3, 6)), .bare(pointwise),
          .plain(ActivationFunction(.relu)), .bare(depthwise(5, 18, stride: 2)),
          .plain(GlobalAveragePool()),
        ]),
        [.activation(2, 4, 5, 3)] + parameters(1, 3, 6) + parameters(1, 6, 6)
          + parameters(3, 6, 6)
          + [.parameter(3, 3, 1, 6), .parameter(1, 1, 6, 18), .parameter(5, 5, 1, 18)]),
      .init(
        "rectifier beside other readers of its input",
        Self(steps: [
          .convolution(pointwise, .identity), .convolution(pointwise, .identity), .add(1),
          .plain(ActivationFunction(.relu)), .add(3),
          .plain(MaxPool(.init(size: 3, stride: 1, padding: 1))),
          .plain(ActivationFunction(.relu6)), .squeezeExcitation, .add(7),
          .plain(ActivationFunction(.relu)), .plain(GlobalAveragePool()),
        ]),
        [.activation(2, 4, 5, 3)] + parameters(1, 3, 6) + parameters(1, 6, 6)),
      .init(
        "rectifier read by convolutions that fuse nothing",
        Self(steps: [
          .plain(ActivationFunction(.relu)), .bare(.same(kernel: 3, dilation: 2, groups: 5)),
          .add(1), .plain(ActivationFunction(.swish)), .plain(ActivationFunction(.relu)),
          .plain(ActivationFunction(.relu6)), .bare(Convolution(stride: 2, groups: 5)),
        ]),
        [.activation(2, 4, 5, 5), .parameter(3, 3, 1, 5), .parameter(2, 2, 1, 5)]),
      .init(
        "halves, rectifier before a convolution without batch norm",
        Self(steps: [
          .plain(Narrow()), .convolution(pointwise, .identity), .plain(ActivationFunction(.relu)),
          .bare(pointwise),
        ]),
        [
          .activation(2, 5, 4, 6, values: .labels(4)), .parameter(1, 1, 6, 20, values: .labels(4)),
          .parameter(20), .parameter(20), .parameter(1, 1, 20, 7),
        ],
        tolerance: OperatorCase.halfTolerance),
      .init(
        "halves, rectifiers, convolutions without batch norm",
        Self(steps: [
          .plain(Narrow()), .convolution(pointwise, .identity), .plain(ActivationFunction(.relu)),
          .convolution(.same(kernel: 3), .swish), .plain(ActivationFunction(.relu)),
          .bare(pointwise),
        ]),
        [
          .activation(2, 5, 4, 6, values: .labels(4)), .parameter(1, 1, 6, 20, values: .labels(4)),
          .parameter(20), .parameter(20),
        ]
          + parameters(3, 20, 5) + [.parameter(1, 1, 5, 7)],
        tolerance: OperatorCase.halfTolerance),
      .init(
        "halves, inverted residual, strides",
        Self(steps: [
          .plain(Narrow()), .convolution(.same(kernel: 3, stride: 2), .swish),
          .convolution(pointwise, .tanh), .convolution(depthwise(5, 18), .swish),
          .convolution(pointwise, .identity), .add(2), .convolution(pointwise, .swish),
          .convolution(depthwise(3, 20, stride: 2), .hardSwish),
        ]),
        [.activation(2, 9, 10, 2)] + parameters(3, 2, 5) + parameters(1, 5, 18)
          + parameters(5, 1, 18) + parameters(1, 18, 5) + parameters(1, 5, 20)
          + parameters(3, 1, 20), tolerance: 3 * OperatorCase.halfTolerance),
      .init(
        "halves, squeeze-and-excitation",
        Self(steps: [
          .plain(Narrow()), .convolution(depthwise(3, 6), .swish), .squeezeExcitation,
          .convolution(pointwise, .identity), .add(1), .convolution(pointwise, .swish),
          .plain(GlobalAveragePool()),
        ]),
        [.activation(2, 4, 5, 6)] + parameters(3, 1, 6) + parameters(1, 6, 6)
          + parameters(1, 6, 18), tolerance: 3 * OperatorCase.halfTolerance),
      // Sums of small whole numbers are halves, so that none is rounded to a kink's other side.
      .init(
        "halves, relu, depthwise",
        Self(steps: [
          .plain(Narrow()), .convolution(pointwise, .relu),
          .convolution(depthwise(3, 20), .swish),
        ]),
        [
          .activation(2, 5, 4, 6, values: .labels(4)), .parameter(1, 1, 6, 20, values: .labels(4)),
          .parameter(20), .parameter(20),
        ]
          + parameters(3, 1, 20), tolerance: OperatorCase.halfTolerance),
      .init(
        "halves, depthwise, relu6, 1x1",
        Self(steps: [
          .plain(Narrow()), .convolution(depthwise(5, 18, stride: 2), .relu6),
          .convolution(pointwise, .swish),
        ]),
        [
          .activation(2, 7, 6, 18, values: .labels(4)), .parameter(5, 5, 1, 18, values: .labels(4)),
          .parameter(18), .parameter(18),
        ]
          + parameters(1, 18, 7), tolerance: OperatorCase.halfTolerance),
      .init(
        "halves, read by a plain operator and a convolution",
        Self(steps: [
          .plain(Narrow()), .convolution(pointwise, .swish), .plain(ActivationFunction(.tanh)),
          .add(2), .convolution(depthwise(3, 7), .sigmoid), .plain(ActivationFunction(.swish)),
          .add(5), .add(2),
        ]),
        [.activation(1, 4, 4, 3)] + parameters(1, 3, 7) + parameters(3, 1, 7),
        tolerance: OperatorCase.halfTolerance),
    ]
  }
}
