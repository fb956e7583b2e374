import Operators

/// An operator at a size that networks have, and the passes that are timed by themselves.
struct OperatorBenchmark {
  /// A tensor that a pass must read.
  enum Operand {
    case input(Int), output, gradient, saved(Int)
  }

  /// The forward pass, or a way back to some of the inputs' gradients.
  struct Pass {
    var name: String
    /// Inputs whose gradients are written; nil is the forward pass.
    var gradients: [Int]?
    var reads: [Operand]
    /// Multiply-adds, in units of the forward pass's.
    var work = 1
  }

  var name: String
  var `operator`: any Operator
  var inputs: [OperatorCase.Input]
  var passes: [Pass]

  init(_ name: String, _ operator: any Operator, _ inputs: [OperatorCase.Input], _ passes: [Pass]) {
    self.name = name
    self.operator = `operator`
    self.inputs = inputs
    self.passes = passes
  }

  /// One of the laws' cases: forward, and back to all gradients at once.
  init(_ testCase: OperatorCase) {
    let wanted = testCase.inputs.indices.filter { testCase.inputs[$0].needsGradient }
    self.init(
      "\(type(of: testCase.operator)) \(testCase.name)", testCase.operator, testCase.inputs,
      [
        .forward(testCase.inputs.count),
        .backward(
          to: wanted, reading: [.gradient] + testCase.inputs.indices.map { .input($0) },
          work: wanted.count),
      ])
  }

  var benchmarks: [Benchmark] {
    passes.map { pass in
      Benchmark(
        "\(name) \(pass.name)", convolution: ConvolutionDescription(self, gradients: pass.gradients)
      ) { bench in
        try OperatorTrial(self, on: try bench.open().device).row(pass, bench)
      }
    }
  }
}

extension OperatorBenchmark.Pass {
  static func forward(_ inputs: Int) -> Self {
    Self(name: "forward", gradients: nil, reads: (0..<inputs).map { .input($0) })
  }

  /// - Parameter reading: what the way back must look at.
  static func backward(
    _ name: String = "backward", to gradients: [Int],
    reading: [OperatorBenchmark.Operand] = [.gradient], work: Int = 1
  ) -> Self {
    Self(name: name, gradients: gradients, reads: reading, work: work)
  }

  /// Those of x and weights: forward, both gradients as networks want them, and each by itself.
  static let ofWeights: [Self] = [
    .forward(2),
    .backward("both gradients", to: [0, 1], reading: [.gradient, .input(0), .input(1)], work: 2),
    .backward("input gradient", to: [0], reading: [.gradient, .input(1)]),
    .backward("weight gradient", to: [1], reading: [.gradient, .input(0)]),
  ]
}
