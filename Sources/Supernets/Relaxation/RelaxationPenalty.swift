#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is added to the loss against a collapse, as gradients of the architecture parameters.
extension ArchitectureParameters {
  /// Of the mean over edges of ln sum exp alpha: the softmax itself (Ye and others 2022, equation
  /// 15).
  public var betaDecayGradient: [[Double]] {
    let edges = Double(places.count)
    return probabilities.map { row in row.map { $0 / edges } }
  }

  /// Of the mean over edges of the softmax's entropy H: -p (ln p + H).
  public var entropyGradient: [[Double]] {
    let edges = Double(places.count)
    return probabilities.map { row in
      let entropy = row.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
      return row.map { $0 > 0 ? -$0 * (log($0) + entropy) / edges : 0 }
    }
  }

  /// A step of Adam without bias in its moments' start (Kingma and Ba 2015), its decay in the
  /// gradient; momentum 0.5 as DARTS has it.
  struct Adam: Sendable {
    private let beta1 = 0.5
    private let beta2 = 0.999
    private var step = 0
    private var first: [[Double]]
    private var second: [[Double]]

    init(_ parameters: ArchitectureParameters) {
      first = parameters.values.map { $0.map { _ in 0 } }
      second = first
    }

    mutating func update(
      _ parameters: inout ArchitectureParameters, _ gradient: [[Double]], rate: Double,
      decay: Double
    ) {
      step += 1
      let (c1, c2) = (1 - pow(beta1, Double(step)), 1 - pow(beta2, Double(step)))
      for edge in gradient.indices {
        for k in gradient[edge].indices {
          let g = gradient[edge][k] + decay * parameters.values[edge][k]
          first[edge][k] = beta1 * first[edge][k] + (1 - beta1) * g
          second[edge][k] = beta2 * second[edge][k] + (1 - beta2) * g * g
          parameters.values[edge][k] -=
            rate * (first[edge][k] / c1) / ((second[edge][k] / c2).squareRoot() + 1e-8)
        }
      }
    }
  }
}
