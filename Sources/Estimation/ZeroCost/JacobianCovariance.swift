import Operators
import Search
import Supernets

/// How unlike the logits' gradients of different images are: minus the sum of ln(e) + 1/e over the
/// eigenvalues e of their correlations (Mellor and others 2020, arXiv 2006.04647v1, section 4).
public struct JacobianCovariance: ZeroCostScore {
  /// Added to every eigenvalue.
  private static let floor = 1e-5

  public func score(of subject: UntrainedNetwork) throws -> Double {
    let images = subject.batch.images
    let sink = try subject.constant(images.shape, 0)
    let tape = Tape(recording: true)
    let logits = try subject.pass(Variable(parameter: images, gradient: sink), tape: tape)
    try tape.backward(from: logits, gradient: try subject.constant(logits.shape, 1))
    let values = try subject.device.read(sink)
    let size = values.count / images.shape[0]
    let rows = (0..<images.shape[0]).map { n -> [Double]? in
      let row = values[n * size..<(n + 1) * size].map(Double.init)
      let mean = row.reduce(0, +) / Double(size)
      let length = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
      return length > 0 ? row.map { ($0 - mean) / length } : nil
    }
    var matrix: [[Double]] = []
    for (i, one) in rows.enumerated() {
      matrix.append(
        (0...i).map { j in
          if i == j { return 1 + Self.floor }
          // What does not look at its images at all tells none from another.
          guard let one, let other = rows[j] else { return 1 }
          return (0..<size).reduce(0) { $0 + one[$1] * other[$1] }
        })
    }
    guard let factor = CholeskyFactor(matrix) else {
      throw EstimationError("jacobian-covariance: no spectrum for \(subject.architecture)")
    }
    // The sums of ln e and of 1/e are the logarithm of the determinant and the inverse's trace.
    let inverseTrace = rows.indices.reduce(0.0) { sum, i in
      var unit = [Double](repeating: 0, count: rows.count)
      unit[i] = 1
      return sum + factor.forwardSubstituted(unit).reduce(0) { $0 + $1 * $1 }
    }
    return -(factor.logDeterminant + inverseTrace)
  }
}
