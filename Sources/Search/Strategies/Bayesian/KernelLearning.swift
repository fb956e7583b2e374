#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Kernel weights that make what was seen most likely.
///
/// Source: Rasmussen and Williams 2006, section 5.4.1 (gradient of the marginal likelihood); a
/// normal prior on the logarithms keeps few trials from saying too much.
extension ArchitectureKernel {
  private static var priorDeviation: Double { 1.5 }

  /// Climbs the posterior of the weights by Adam's rule.
  mutating func learn(points: [[Int]], values: [Double], steps: Int = 30, rate: Double = 0.2) {
    let start = self
    var moments = Array(repeating: (mean: 0.0, square: 0.0), count: 2 * logWeights.count + 1)
    for step in 1...steps {
      let gradient = gradient(points: points, values: values, prior: start)
      for index in gradient.indices {
        moments[index].mean += 0.1 * (gradient[index] - moments[index].mean)
        moments[index].square += 0.05 * (gradient[index] * gradient[index] - moments[index].square)
        let mean = moments[index].mean / (1 - pow(0.9, Double(step)))
        let square = moments[index].square / (1 - pow(0.95, Double(step)))
        add(rate * mean / (square.squareRoot() + 1e-8), to: index)
      }
    }
  }

  private mutating func add(_ change: Double, to index: Int) {
    let dimension = index / 2
    if dimension == logWeights.count {
      logNoise = min(max(logNoise + change, -9), 0)
    } else if index % 2 == 0 {
      logWeights[dimension].other = min(max(logWeights[dimension].other + change, -8), 3)
    } else {
      logWeights[dimension].far = min(max(logWeights[dimension].far + change, -8), 3)
    }
  }

  private func gradient(
    points: [[Int]], values: [Double], prior: ArchitectureKernel
  ) -> [Double] {
    let count = points.count
    let table = table()
    var factor = CholeskyFactor()
    var similarities: [[Double]] = []
    for (index, point) in points.enumerated() {
      let row = points[..<index].map { table.similarity($0, point) }
      factor.append(row, diagonal: 1 + noise)
      similarities.append(row)
    }
    let inverse = factor.inverse()
    let weights = factor.solved(values)

    var gradient = [Double](repeating: 0, count: 2 * logWeights.count + 1)
    let own = logWeights.map { (exp($0.other), exp($0.far)) }
    for one in 0..<count {
      for two in 0..<one {
        // Twice the half: the pair stands on both sides of the diagonal.
        let slope = (weights[one] * weights[two] - inverse[one][two]) * similarities[one][two]
        for dimension in own.indices where points[one][dimension] != points[two][dimension] {
          let far = distance(points[one][dimension], points[two][dimension], in: dimension)
          gradient[2 * dimension] -= slope * own[dimension].0
          gradient[2 * dimension + 1] -= slope * own[dimension].1 * far
        }
      }
      gradient[2 * own.count] += 0.5 * (weights[one] * weights[one] - inverse[one][one]) * noise
    }
    let variance = Self.priorDeviation * Self.priorDeviation
    for dimension in own.indices {
      gradient[2 * dimension] -=
        (logWeights[dimension].other - prior.logWeights[dimension].other) / variance
      gradient[2 * dimension + 1] -=
        (logWeights[dimension].far - prior.logWeights[dimension].far) / variance
    }
    gradient[2 * own.count] -= (logNoise - prior.logNoise) / variance
    return gradient
  }
}
