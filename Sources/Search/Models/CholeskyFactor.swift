#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The lower triangle L of a symmetric positive definite matrix A = L L^T, which may grow.
///
/// It is made row by row, so that a factor made at once and one that was extended are the same bits.
public struct CholeskyFactor: Sendable {
  /// Rows of ascending length, one after the other: row i begins at i (i + 1) / 2.
  private var elements: [Double] = []
  /// The number of rows.
  public private(set) var count = 0

  /// The factor of a matrix of no rows.
  public init() {}

  /// Factorises a matrix by its lower triangle; `nil` where it is not positive definite.
  public init?(_ matrix: [[Double]]) {
    for (index, row) in matrix.enumerated() {
      guard append(Array(row[..<index]), diagonal: row[index]) else { return nil }
    }
  }

  /// Adds a row and column to A, or says that it would not be positive definite and leaves it.
  ///
  /// - Parameters:
  ///   - row: the elements before the diagonal.
  ///   - diagonal: the element on it.
  @discardableResult
  public mutating func append(_ row: [Double], diagonal: Double) -> Bool {
    let solution = forwardSubstituted(row)
    let pivot = diagonal - solution.reduce(0) { $0 + $1 * $1 }
    guard pivot > 0, pivot.isFinite else { return false }
    elements += solution
    elements.append(pivot.squareRoot())
    count += 1
    return true
  }

  /// x of L x = b.
  public func forwardSubstituted(_ b: [Double]) -> [Double] {
    var x = b
    var start = 0
    for row in x.indices {
      let product = Self.product(elements, from: start, x, count: row)
      x[row] = (x[row] - product) / elements[start + row]
      start += row + 1
    }
    return x
  }

  /// x of A x = b.
  public func solved(_ b: [Double]) -> [Double] {
    var x = forwardSubstituted(b)
    for row in x.indices.reversed() {
      let start = row * (row + 1) / 2
      x[row] /= elements[start + row]
      for column in 0..<row { x[column] -= elements[start + column] * x[row] }
    }
    return x
  }

  /// The lower triangle of the inverse of A, by rows.
  public func inverse() -> [[Double]] {
    let columns = (0..<count).map { index in
      var unit = [Double](repeating: 0, count: count)
      unit[index] = 1
      return forwardSubstituted(unit)
    }
    return (0..<count).map { row in
      (0...row).map { Self.product(columns[row], from: 0, columns[$0], count: count) }
    }
  }

  /// ln |A|.
  public var logDeterminant: Double {
    2 * (0..<count).reduce(0) { $0 + log(elements[$1 * ($1 + 3) / 2]) }
  }

  /// A sum of products in a fixed order, eight lanes wide: this is where the time goes.
  private static func product(
    _ left: [Double], from start: Int, _ right: [Double], count: Int
  ) -> Double {
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        let size = MemoryLayout<Double>.size
        var sums = SIMD8<Double>.zero
        var index = 0
        while index + sums.scalarCount <= count {
          sums +=
            left.loadUnaligned(fromByteOffset: (start + index) * size, as: SIMD8<Double>.self)
            * right.loadUnaligned(fromByteOffset: index * size, as: SIMD8<Double>.self)
          index += sums.scalarCount
        }
        var sum = sums.sum()
        while index < count {
          sum +=
            left.loadUnaligned(fromByteOffset: (start + index) * size, as: Double.self)
            * right.loadUnaligned(fromByteOffset: index * size, as: Double.self)
          index += 1
        }
        return sum
      }
    }
  }
}
