#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The lower triangle L of a symmetric positive definite matrix A = L L^T.
public struct CholeskyFactor: Sendable {
  /// Rows of L, each as long as its number plus one.
  private let rows: [[Double]]

  /// Factorises a matrix by its lower triangle; `nil` where it is not positive definite.
  public init?(_ matrix: [[Double]]) {
    var rows: [[Double]] = []
    rows.reserveCapacity(matrix.count)
    for i in matrix.indices {
      var row = [Double](repeating: 0, count: i + 1)
      for j in 0...i {
        var sum = matrix[i][j]
        let other = j < i ? rows[j] : row
        for k in 0..<j { sum -= row[k] * other[k] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          row[i] = sum.squareRoot()
        } else {
          row[j] = sum / rows[j][j]
        }
      }
      rows.append(row)
    }
    self.rows = rows
  }

  /// x of L x = b.
  public func forwardSubstituted(_ b: [Double]) -> [Double] {
    var x = b
    for i in rows.indices {
      for k in 0..<i { x[i] -= rows[i][k] * x[k] }
      x[i] /= rows[i][i]
    }
    return x
  }

  /// x of A x = b.
  public func solved(_ b: [Double]) -> [Double] {
    var x = forwardSubstituted(b)
    for i in rows.indices.reversed() {
      x[i] /= rows[i][i]
      for k in 0..<i { x[k] -= rows[i][k] * x[i] }
    }
    return x
  }

  /// ln |A|.
  public var logDeterminant: Double {
    2 * rows.indices.reduce(0) { $0 + log(rows[$1][$1]) }
  }
}
