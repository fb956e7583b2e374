import Estimation
import Operators

extension Group {
  static let fused = Group(
    name: "fused",
    summary: "convolutions as a training step runs them, between batch norms and ReLU, batch 128"
  ) {
    ConvolutionCases.all.flatMap { FusedCase($0)?.benchmarks ?? [] }
  }
}

/// A convolution that reads its input through a batch norm and gathers sums for the next one; on the way
/// back both gradients at once, behind the next batch norm's gradient and with sums for the first's.
private struct FusedCase {
  private let name: String
  private let convolution: Convolution
  private let x: Shape
  private let w: Shape

  init?(_ benchmark: OperatorBenchmark) {
    guard let convolution = benchmark.operator as? Convolution else { return nil }
    name = benchmark.name
    self.convolution = convolution
    (x, w) = (benchmark.inputs[0].shape, benchmark.inputs[1].shape)
  }

  /// Images are read as they are, and want no gradient.
  private var readsImages: Bool { x[3] <= 3 }

  var benchmarks: [Benchmark] { [benchmark(.training), benchmark(.backward)] }

  private func benchmark(_ pass: ConvolutionWork.Pass) -> Benchmark {
    Benchmark("\(name) \(pass == .training ? "forward" : "backward")") { bench in
      let work = ConvolutionWork(
        convolution, x: x, w: w, activation: .relu,
        readsImages: readsImages, pass: pass)
      let trial = try ConvolutionTrial(work, on: try bench.open().device)
      return Row(
        try bench.samples(on: try bench.open().device) { try trial.run() },
        flops: 2 * Double(convolution.multiplyAdds([x, w])) * products(pass),
        bytes: Double(elements(pass) * MemoryLayout<Float>.stride), ceilings: try bench.ceilings())
    }
  }

  private func products(_ pass: ConvolutionWork.Pass) -> Double {
    pass == .training || readsImages ? 1 : 2
  }

  /// Elements moved: forward x and y; back x, y, its gradient, and the gradient of x where it is wanted.
  private func elements(_ pass: ConvolutionWork.Pass) -> Int {
    let y = convolution.outputShape([x, w]).product
    if pass == .training { return x.product + y }
    return x.product + 2 * y + (readsImages ? 0 : x.product)
  }
}
