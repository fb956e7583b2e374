import Estimation
import Operators

/// Updates of a block of parameters as large as MobileNetV2's.
enum OptimizerCases {
  private static let parameters = 3_500_000

  private static let optimizers: [(name: String, optimizer: any Optimizer)] = [
    ("SGD", SGD(weightDecay: 1e-5)), ("RMSProp", RMSProp(weightDecay: 1e-5)),
    ("Adam", Adam(weightDecay: 1e-5)),
  ]

  static var all: [Benchmark] { updates + [clipping, averaging] }

  /// The length of all gradients, read once.
  private static var clipping: Benchmark {
    Benchmark("clip 3.5 M gradients") { bench in
      let device = try bench.open().device
      let gradients = try device.empty([parameters])
      try device.fill(gradients, with: 0.01)
      let timing = try bench.samples(on: device) {
        _ = try GradientClipping(limit: 1).factor(of: gradients)
      }
      return Row(
        timing, flops: 0, bytes: Double(parameters * MemoryLayout<Float>.stride),
        ceilings: try bench.ceilings())
    }
  }

  /// The weights' moving average: both are read, one is written.
  private static var averaging: Benchmark {
    Benchmark("average 3.5 M weights") { bench in
      let device = try bench.open().device
      let (weights, average) = (try device.empty([parameters]), try device.empty([parameters]))
      for block in [weights, average] { try device.fill(block, with: 0.01) }
      let timing = try bench.samples(on: device) {
        try MovingAverage(decay: 0.999).update(average, with: weights)
      }
      return Row(
        timing, flops: 0, bytes: Double(3 * parameters * MemoryLayout<Float>.stride),
        ceilings: try bench.ceilings())
    }
  }

  private static var updates: [Benchmark] {
    optimizers.map { name, optimizer in
      Benchmark("update \(name) 3.5 M") { bench in
        let device = try bench.open().device
        func block() throws -> Tensor {
          let block = try device.empty([parameters])
          try device.fill(block, with: 0.01)
          return block
        }
        let (values, gradients) = (try block(), try block())
        let moments = try (0..<optimizer.momentCount).map { _ in try block() }
        let timing = try bench.samples(on: device) {
          try optimizer.update(
            values, gradients: gradients, moments: moments, decayed: parameters, rate: 1e-6,
            step: 1)
        }
        // Gradients are read; parameters and moments are read and written.
        let tensors = 3 + 2 * moments.count
        return Row(
          timing, flops: 0, bytes: Double(tensors * parameters * MemoryLayout<Float>.stride),
          ceilings: try bench.ceilings())
      }
    }
  }
}
