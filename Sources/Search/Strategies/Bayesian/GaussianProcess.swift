/// A Gaussian process over architectures, with prior mean 0 and variance 1.
///
/// Source: Rasmussen and Williams 2006, "Gaussian processes for machine learning", algorithm 2.1.
struct GaussianProcess: Sendable {
  private(set) var kernel: ArchitectureKernel
  private var table: ArchitectureKernel.Table
  private var factor = CholeskyFactor()
  private var points: [[Int]] = []

  init(_ kernel: ArchitectureKernel, points: [[Int]] = []) {
    self.kernel = kernel
    table = kernel.table()
    for point in points { append(point) }
  }

  mutating func append(_ point: [Int]) {
    factor.append(similarities(to: point), diagonal: 1 + kernel.noise)
    points.append(point)
  }

  private func similarities(to point: [Int]) -> [Double] {
    points.map { table.similarity($0, point) }
  }

  /// What the values at the points say, in the form that `prediction` reads.
  func evidence(_ values: [Double]) -> [Double] { factor.forwardSubstituted(values) }

  /// The means at a point for each set of values, and their common deviation.
  func prediction(at point: [Int], _ evidence: [[Double]]) -> (means: [Double], deviation: Double) {
    let part = factor.forwardSubstituted(similarities(to: point))
    let means = evidence.map { values in
      var mean = 0.0
      for index in part.indices { mean += part[index] * values[index] }
      return mean
    }
    let explained = part.reduce(0) { $0 + $1 * $1 }
    return (means, max(1 - explained, 1e-12).squareRoot())
  }
}
