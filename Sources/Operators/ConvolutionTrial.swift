/// A convolution's pass set up on a device with made-up numbers, fused as in a network: it reads its
/// input through a batch norm, and gathers the sums that those behind and before it need.
public final class ConvolutionTrial {
  private let work: ConvolutionWork
  private let device: any Device
  private let method: any ConvolutionMethod
  private let x: Tensor
  private let w: Tensor
  private let dw: Tensor
  /// gamma, beta, mean, variance.
  private let parameters: [Tensor]
  private let normalization: Normalization?
  private let gradient: Reading?
  private let sinks: [GradientSink]
  private var results: [Tensor] = []

  public init(_ work: ConvolutionWork, on device: any Device) throws {
    self.work = work
    self.device = device
    let shape = work.convolution.outputShape([work.x, work.w])
    let (inputs, outputs) = (work.x[3], shape[3])
    var numbers = MadeUpNumbers(device)
    x = try numbers.tensor(work.x)
    // A slice, as weights are.
    w = try numbers.slice(work.w)
    dw = try numbers.slice(work.w)
    method = work.convolution.method(work.x, w)
    parameters = try [0.5, 0, 0, 0.5].map { try numbers.tensor([outputs], above: $0) }
    normalization =
      work.readsImages || work.pass == .inference
      ? nil
      : Normalization(
        saved: try numbers.tensor([4, inputs], above: 0.5), activation: work.activation)
    gradient =
      work.pass == .backward
      ? .gradient(
        try numbers.tensor(shape), of: try numbers.tensor(shape),
        coefficients: try numbers.tensor([3, outputs])) : nil
    sinks = try (0..<2).map { _ in
      GradientSink(try numbers.tensor([inputs]), accumulate: false)
    }
  }

  public func run() throws {
    switch work.pass {
    case .training, .inference: try runForward()
    case .backward: try runBackward()
    }
  }

  /// What the last run computed: variants of it must agree.
  public func numbers() throws -> [[Float]] { try results.map { try device.read($0) } }

  private func runForward() throws {
    let reading = normalization.map { Reading.normalized(x, $0) } ?? .asIs(x)
    let y = try device.empty(work.convolution.outputShape([work.x, work.w]))
    let isTraining = work.pass == .training
    let norm = BatchNorm(isTraining ? .batch(momentum: nil) : .running, activation: work.activation)
    let sums = try method.forward(
      reading, w, into: y,
      isTraining ? .statistics : .normalize(norm.inference(parameters, addend: nil)))
    results = [y]
    if let sums {
      let rows = y.count / y.shape[3]
      results.append(try norm.normalization(sums, rows: rows, parameters).saved)
    }
  }

  private func runBackward() throws {
    guard let gradient else { return }
    let input: Variable
    if let normalization {
      input = Variable(computed: x, normalization, requiresGradient: true)
      input.readers = 1
    } else {
      input = Variable(x)
    }
    try method.backward(
      input.reading, w, gradient, weights: GradientSink(dw, accumulate: false), input: input)
    results = [dw]
    guard let normalization else { return }
    let (finished, sums) = try input.finishedGradient()
    _ = try BatchNorm(.batch(momentum: nil), activation: work.activation).gradient(
      finished, sums, of: x, normalization, gamma: sinks[0], beta: sinks[1])
    results += [finished, sinks[0].tensor, sinks[1].tensor]
  }
}

/// Tensors of numbers that repeat after a prime count, and begin elsewhere in each, so that no two
/// rows are alike.
private struct MadeUpNumbers {
  private static let period = 16_381

  private let device: any Device
  private var numbers: [Float]

  init(_ device: any Device) {
    self.device = device
    var state: UInt32 = 0x9E37_79B9
    numbers = (0..<MadeUpNumbers.period).map { _ in
      state ^= state << 13
      state ^= state >> 17
      state ^= state << 5
      return Float(state >> 8) / Float(1 << 23) - 1
    }
  }

  /// Numbers around zero, or those from `least` to one more.
  mutating func tensor(_ shape: Shape, above least: Float? = nil) throws -> Tensor {
    let tensor = try device.empty(shape)
    let size = MemoryLayout<Float>.stride
    numbers = Array(numbers.suffix(4_099) + numbers.dropLast(4_099))
    let numbers = least.map { least in self.numbers.map { ($0 + 1) / 2 + least } } ?? self.numbers
    for at in stride(from: 0, to: tensor.count, by: numbers.count) {
      try numbers.prefix(tensor.count - at).withUnsafeBytes {
        try device.write($0, to: tensor.storage, at: at * size)
      }
    }
    return tensor
  }

  /// The part with the first output channels of something wider.
  mutating func slice(_ shape: Shape) throws -> Tensor {
    let whole = try tensor(shape.dropLast() + [shape[shape.count - 1] + 16])
    return whole.slice(from: Shape(repeating: 0, count: shape.count), sizes: shape)
  }
}
