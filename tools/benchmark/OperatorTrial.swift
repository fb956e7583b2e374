import Estimation
import Operators
import Search

/// An operator benchmark set up on a device.
struct OperatorTrial {
  private let benchmark: OperatorBenchmark
  private let device: any Device
  private let inputs: [Tensor]
  private let forward: Forward
  private let gradient: Tensor
  private let sinks: [Tensor]

  init(_ benchmark: OperatorBenchmark, on device: any Device) throws {
    self.benchmark = benchmark
    self.device = device
    inputs = try benchmark.inputs.enumerated().map {
      try OperatorTrial.tensor($1, seed: UInt64($0), on: device)
    }
    forward = try benchmark.operator.forward(inputs)
    gradient = try device.empty(forward.output.shape)
    try device.fill(gradient, with: 0.5)
    // Laid out as the inputs are: slices in their wholes.
    sinks = try benchmark.inputs.enumerated().map {
      try OperatorTrial.tensor($1, seed: UInt64($0), on: device)
    }
  }

  /// Values of the wanted kind; time depends on them little, but on zeros and infinities it may.
  private static func tensor(
    _ input: OperatorCase.Input, seed: UInt64, on device: any Device
  ) throws -> Tensor {
    let shape = input.whole?.shape ?? input.shape
    var generator = SeededGenerator(seed: seed)
    let values: [Float] = (0..<shape.reduce(1, *)).map { _ in
      let unit = Float(generator.unit())
      switch input.values {
      case .normal, .spread: return 2 * unit - 1
      case .positive: return unit + 0.5
      case .distant: return 30 + unit
      case .labels(let bound): return (unit * Float(bound)).rounded(.down)
      case .probabilities: return 2 * unit / Float(input.shape[input.shape.count - 1])
      }
    }
    let whole = try device.tensor(values, shape)
    return input.whole.map { whole.slice(from: $0.start, sizes: input.shape) } ?? whole
  }

  private func run(_ pass: OperatorBenchmark.Pass) throws {
    guard let gradients = pass.gradients else {
      _ = try benchmark.operator.forward(inputs)
      return
    }
    try benchmark.operator.backward(
      Backward(
        inputs: inputs, output: forward.output, saved: forward.saved, gradient: gradient,
        sinks: sinks.indices.map {
          gradients.contains($0) ? GradientSink(sinks[$0], accumulate: false) : nil
        }))
  }

  private func elements(_ operand: OperatorBenchmark.Operand) -> Int {
    switch operand {
    case .input(let index): inputs[index].count
    case .output: forward.output.count
    case .gradient: gradient.count
    case .saved(let index): forward.saved[index].count
    }
  }

  /// Bytes that the pass moves where each tensor is moved once, what is kept for the way back too.
  private func bytes(_ pass: OperatorBenchmark.Pass) -> Double {
    let read = pass.reads.reduce(0) { $0 + elements($1) }
    let results = pass.gradients.map { $0.map { inputs[$0] } } ?? [forward.output] + forward.saved
    let written = results.reduce(0) { $0 + $1.count }
    return Double((read + written) * MemoryLayout<Float>.stride)
  }

  func row(_ pass: OperatorBenchmark.Pass, _ bench: Bench) throws -> Row {
    let work = benchmark.operator.multiplyAdds(inputs.map(\.shape))
    return Row(
      try bench.samples(on: device) { try run(pass) },
      flops: 2 * Double(work * pass.work), bytes: bytes(pass), ceilings: try bench.ceilings())
  }
}
