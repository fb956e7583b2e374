/// Linear regression with a squared penalty on its coefficients (Hoerl and Kennard 1970).
///
/// Of the penalties the one with the least leave-one-out error is taken, which needs no refitting
/// (Allen 1974: residual over one minus leverage).
public struct RidgeRegression: RegressionModel {
  public var penalties: [Double]

  public init(penalties: [Double] = [0.01, 0.1, 1, 10, 100]) {
    precondition(!penalties.isEmpty && penalties.allSatisfy { $0 > 0 }, "penalties \(penalties)")
    self.penalties = penalties
  }

  public func fitted(to inputs: [[Double]], _ targets: [Double]) -> any FittedModel {
    let count = Double(inputs.count)
    let centre = inputs[0].indices.map { j in inputs.reduce(0) { $0 + $1[j] } / count }
    let rows = inputs.map { zip($0, centre).map(-) }
    let mean = targets.reduce(0, +) / count
    let residuals = targets.map { $0 - mean }

    var best: (error: Double, coefficients: [Double])?
    for penalty in penalties {
      guard let factor = CholeskyFactor(Self.normalMatrix(rows, plus: penalty)) else { continue }
      var right = [Double](repeating: 0, count: centre.count)
      for (row, y) in zip(rows, residuals) { for j in row.indices { right[j] += row[j] * y } }
      let coefficients = factor.solved(right)
      var error = 0.0
      for (row, y) in zip(rows, residuals) {
        let half = factor.forwardSubstituted(row)
        let leverage = half.reduce(1 / count) { $0 + $1 * $1 }
        let left = (y - dot(row, coefficients)) / max(1 - leverage, 1e-9)
        error += left * left
      }
      if error < best?.error ?? .infinity { best = (error, coefficients) }
    }
    return Fitted(
      centre: centre, mean: mean,
      coefficients: best?.coefficients ?? centre.map { _ in 0 },
      deviation: ((best?.error ?? 0) / count).squareRoot())
  }

  /// X^T X + penalty I, its lower triangle.
  private static func normalMatrix(_ rows: [[Double]], plus penalty: Double) -> [[Double]] {
    let width = rows[0].count
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: width), count: width)
    for row in rows {
      for i in 0..<width where row[i] != 0 {
        for j in 0...i { matrix[i][j] += row[i] * row[j] }
      }
    }
    for i in 0..<width { matrix[i][i] += penalty }
    return matrix
  }

  private struct Fitted: FittedModel {
    let centre: [Double]
    let mean: Double
    let coefficients: [Double]
    /// Of the leave-one-out errors.
    let deviation: Double

    func prediction(of input: [Double]) -> Prediction {
      Prediction(
        mean: mean + dot(zip(input, centre).map(-), coefficients), deviation: deviation)
    }
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += a[i] * b[i] }
  return sum
}
