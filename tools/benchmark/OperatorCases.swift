import Operators

/// The other operators, each at one or two sizes of the same networks.
enum OperatorCases {
  private static let batch = 128

  static var all: [OperatorBenchmark] {
    ConvolutionCases.all + normalisation + streaming + pooling + heads + untold
  }

  private static var normalisation: [OperatorBenchmark] {
    [(28, 144, Activation.relu), (28, 24, .identity), (7, 384, .relu6)].map {
      side, channels, activation in
      OperatorBenchmark(
        "batch norm, \(activation.name) \(side)x\(side)x\(channels)",
        BatchNorm(.batch(momentum: nil), activation: activation),
        [
          .activation(batch, side, side, channels), .parameter(channels), .parameter(channels),
          .constant(channels, values: .normal), .constant(channels, values: .positive),
        ],
        [.forward(3), .backward(to: [0, 1, 2], reading: [.gradient, .input(0)])])
    }
  }

  private static var streaming: [OperatorBenchmark] {
    let x = OperatorCase.Input.activation(batch, 28, 28, 144)
    let half = OperatorCase.Input.activation(batch, 28, 28, 72)
    return [
      OperatorBenchmark("add 28x28x144", Add(), [x, x], [.forward(2), .backward(to: [0, 1])]),
      OperatorBenchmark(
        "activation, hard-swish 28x28x144", ActivationFunction(.hardSwish), [x],
        [.forward(1), .backward(to: [0], reading: [.gradient, .input(0)])]),
      OperatorBenchmark(
        "activation, swish 28x28x144", ActivationFunction(.swish), [x],
        [.forward(1), .backward(to: [0], reading: [.gradient, .input(0)])]),
      OperatorBenchmark(
        "channel scale 28x28x144", ChannelScale(), [x, .activation(batch, 144)],
        [.forward(2), .backward(to: [0, 1], reading: [.gradient, .input(0), .input(1)])]),
      OperatorBenchmark(
        "concatenate 28x28 72+72", Concatenate(), [half, half],
        [.forward(2), .backward(to: [0, 1])]),
      OperatorBenchmark(
        "dropout 28x28x144", Dropout(rate: 0.1, seed: 1), [x], [.forward(1), .backward(to: [0])]),
      OperatorBenchmark(
        "resize 28 to 20", Resize(height: 20, width: 20), [.activation(batch, 28, 28, 1)],
        [.forward(1), .backward(to: [0])]),
      OperatorBenchmark(
        "resize 224 to 192", Resize(height: 192, width: 192), [.activation(8, 224, 224, 3)],
        [.forward(1), .backward(to: [0])]),
    ]
  }

  private static var pooling: [OperatorBenchmark] {
    let x = OperatorCase.Input.activation(batch, 28, 28, 144)
    let window = PoolingWindow(size: 3, stride: 2, padding: 1)
    return [
      OperatorBenchmark(
        "max pool 3x3/2 28x28x144", MaxPool(window), [x],
        [.forward(1), .backward(to: [0], reading: [.gradient, .saved(0)])]),
      OperatorBenchmark(
        "average pool 3x3/2 28x28x144", AveragePool(window), [x],
        [.forward(1), .backward(to: [0])]),
      OperatorBenchmark(
        "global average pool 7x7x192", GlobalAveragePool(), [.activation(batch, 7, 7, 192)],
        [.forward(1), .backward(to: [0])]),
    ]
  }

  private static var heads: [OperatorBenchmark] {
    let logits = OperatorCase.Input.activation(batch, 1000)
    return [
      OperatorBenchmark(
        "linear 1280->1000", Linear(),
        [.activation(batch, 1280), .parameter(1280, 1000), .parameter(1000)],
        [
          .forward(3),
          .backward(to: [0, 1, 2], reading: [.gradient, .input(0), .input(1)], work: 2),
        ]),
      OperatorBenchmark(
        "softmax 1000", Softmax(), [logits],
        [.forward(1), .backward(to: [0], reading: [.gradient, .output])]),
      OperatorBenchmark(
        "cross-entropy 1000", CrossEntropy(.labels(smoothing: 0)),
        [logits, .constant(batch, values: .labels(1000))],
        [.forward(2), .backward(to: [0], reading: [.gradient, .input(0), .input(1)])]),
    ]
  }

  /// Operators of the catalogue that have no line above: the first case of their laws, tiny as it is.
  private static var untold: [OperatorBenchmark] {
    let told = (ConvolutionCases.all + normalisation + streaming + pooling + heads)
      .map { ObjectIdentifier(type(of: $0.operator)) }
    return OperatorCatalogue.all.filter { !told.contains(ObjectIdentifier($0)) }
      .compactMap { $0.cases.first.map { OperatorBenchmark($0) } }
  }
}

extension Group {
  static let operators = Group(
    name: "operators",
    summary: "each operator at the sizes of networks, batch 128 (8 at 112x112 and above)"
  ) {
    OperatorCases.all.flatMap(\.benchmarks) + OptimizerCases.all
  }
}
