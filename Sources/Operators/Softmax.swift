#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rows of logits [N,classes] to probabilities.
public struct Softmax: Operator {
  public init() {}

  public func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let x = inputs[0]
    let y = try x.device.empty(x.shape)
    try x.device.launch(
      Kernel("softmax", "softmax"), items: x.shape[0],
      [.tensor(x), .tensor(y), .int(x.shape[1])])
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    guard let sink = pass.sinks[0] else { return }
    let y = pass.output
    try y.device.launch(
      Kernel("softmax", "softmax_gradient"), items: y.shape[0],
      [
        .tensor(y), .tensor(pass.gradient), .tensor(sink.tensor), .int(y.shape[1]),
        .flag(sink.accumulate),
      ])
  }

  static func logSumExp(_ row: ArraySlice<Double>) -> Double {
    let top = row.max() ?? 0
    return top + log(row.reduce(0) { $0 + exp($1 - top) })
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let (x, classes) = (inputs[0], inputs[0].shape[1])
    let values = stride(from: 0, to: x.values.count, by: classes).flatMap { at in
      let row = x.values[at..<at + classes]
      let norm = Softmax.logSumExp(row)
      return row.map { exp($0 - norm) }
    }
    return ReferenceArray(x.shape, values)
  }

  public static var cases: [OperatorCase] {
    [
      .init("10 classes", Self(), [.activation(4, 10)]),
      .init("one class", Self(), [.activation(1, 1)]),
    ]
  }
}

/// Softmax cross-entropy of each row: logits [N,classes] and targets to losses [N].
public struct CrossEntropy: Operator {
  public enum Targets: Sendable {
    /// Class indices [N], smoothed: 1-s on the class plus s spread over all (Szegedy et al. 2016).
    case labels(smoothing: Float)
    /// Probabilities [N,classes]: a teacher's.
    case probabilities
  }

  public var targets: Targets

  public init(_ targets: Targets) { self.targets = targets }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let (x, t) = (inputs[0], inputs[1])
    switch targets {
    case .labels: precondition(t == [x[0]], "labels \(t) for logits \(x)")
    case .probabilities: precondition(t == x, "target probabilities \(t) for logits \(x)")
    }
    return [x[0]]
  }

  private var kernelArguments: [KernelArgument] {
    switch targets {
    case .labels(let smoothing): [.flag(true), .float(smoothing)]
    case .probabilities: [.flag(false), .float(0)]
    }
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let x = inputs[0]
    let loss = try x.device.empty(outputShape(inputs.map(\.shape)))
    try x.device.launch(
      Kernel("softmax", "cross_entropy"), items: x.shape[0],
      [.tensor(x), .tensor(inputs[1]), .tensor(loss), .int(x.shape[1])], kernelArguments)
    return Forward(loss)
  }

  public func backward(_ pass: Backward) throws {
    precondition(pass.sinks[1] == nil, "no gradient flows into the targets")
    guard let sink = pass.sinks[0] else { return }
    let x = pass.inputs[0]
    try x.device.launch(
      Kernel("softmax", "cross_entropy_gradient"), items: x.shape[0],
      [
        .tensor(x), .tensor(pass.inputs[1]), .tensor(pass.gradient), .tensor(sink.tensor),
        .int(x.shape[1]),
      ], kernelArguments, [.flag(sink.accumulate)])
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let (x, t, classes) = (inputs[0], inputs[1], inputs[0].shape[1])
    let losses = (0..<x.shape[0]).map { n in
      let row = x.values[n * classes..<(n + 1) * classes]
      let norm = Softmax.logSumExp(row)
      return row.enumerated().reduce(0) { sum, element in
        let target: Double
        switch targets {
        case .labels(let smoothing):
          target =
            Double(smoothing) / Double(classes)
            + (Int(t.values[n]) == element.offset ? 1 - Double(smoothing) : 0)
        case .probabilities: target = t[n, element.offset]
        }
        return sum + target * (norm - element.element)
      }
    }
    return ReferenceArray([x.shape[0]], losses)
  }

  public static var cases: [OperatorCase] {
    [
      .init(
        "hard labels", Self(.labels(smoothing: 0)),
        [.activation(5, 10), .constant(5, values: .labels(10))]),
      .init(
        "label smoothing", Self(.labels(smoothing: 0.1)),
        [.activation(3, 17), .constant(3, values: .labels(17))]),
      .init(
        "soft targets", Self(.probabilities),
        [.activation(4, 10), .constant(4, 10, values: .probabilities)]),
    ]
  }
}

extension CrossEntropy {
  /// 1 for each row whose largest logit is the label's, else 0: logits [N,classes], labels [N].
  public static func top1(_ logits: Tensor, labels: Tensor) throws -> Tensor {
    precondition(labels.shape == [logits.shape[0]], "labels \(labels.shape) for \(logits.shape)")
    let correct = try logits.device.empty(labels.shape)
    try logits.device.launch(
      Kernel("softmax", "top1"), items: logits.shape[0],
      [.tensor(logits), .tensor(labels), .tensor(correct), .int(logits.shape[1])])
    return correct
  }
}
