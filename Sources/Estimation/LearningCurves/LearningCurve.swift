#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Search

/// What the beginning of a learning curve says about its end: a mixture over families of curves,
/// each weighing as much as the points so far are likely under it.
///
/// After Domhan and others 2015, but without their Markov chain: given a shape, a curve is linear in
/// its end and its rise, so these and the noise are integrated in closed form (a normal-inverse-gamma
/// prior), and shapes come from a grid.
public struct LearningCurve: Sendable {
  /// One shape's answer at any later time: a Student t.
  private struct Member: Sendable {
    var weight: Double
    var family: Int
    var parameters: [Double]
    /// The end and the rise, and their covariance in units of the noise's variance.
    var mean: (Double, Double)
    var covariance: (Double, Double, Double)
    var noiseVariance: Double
  }

  private var members: [Member] = []

  /// What is believed before the first point, of accuracies as fractions: noise of a percent, ends
  /// anywhere.
  private enum Prior {
    static let noiseShape = 2.0
    static let noiseScale = 1e-4
    /// Of end and rise, over the noise's variance.
    static let spread = 2_000.0
    static let rise = -0.3
  }

  /// - Parameter points: accuracies as fractions after 1, 2, ... epochs; at least two.
  public init(_ points: [Double]) {
    precondition(points.count > 1, "a curve through \(points.count) points")
    let last = points[points.count - 1]
    let prior = (end: last + 0.02, rise: Prior.rise)
    for (family, curve) in CurveFamily.all.enumerated() {
      let combinations = curve.combinations
      for parameters in combinations {
        let shapes = points.indices.map { curve.shape(Double($0 + 1), parameters) }
        guard shapes.allSatisfy(\.isFinite),
          let fit = Self.fit(points, shapes, prior)
        else { continue }
        // Every family is as likely as any other, however fine its grid.
        members.append(
          Member(
            weight: fit.logEvidence - log(Double(combinations.count)), family: family,
            parameters: parameters, mean: fit.mean, covariance: fit.covariance,
            noiseVariance: fit.noiseVariance))
      }
    }
    let top = members.map(\.weight).max() ?? 0
    let total = members.reduce(0) { $0 + exp($1.weight - top) }
    for i in members.indices { members[i].weight = exp(members[i].weight - top) / total }
  }

  private typealias Fit = (
    mean: (Double, Double), covariance: (Double, Double, Double), noiseVariance: Double,
    logEvidence: Double
  )

  /// Bayesian linear regression of points on (1, shape).
  private static func fit(
    _ points: [Double], _ shapes: [Double], _ prior: (end: Double, rise: Double)
  ) -> Fit? {
    let precision = 1 / Prior.spread
    var (a, b, c) = (precision, 0.0, precision)
    var (u, v) = (precision * prior.end, precision * prior.rise)
    var squares = precision * (prior.end * prior.end + prior.rise * prior.rise)
    for (y, s) in zip(points, shapes) {
      a += 1
      b += s
      c += s * s
      u += y
      v += s * y
      squares += y * y
    }
    let determinant = a * c - b * b
    guard determinant > 0 else { return nil }
    let mean = ((c * u - b * v) / determinant, (a * v - b * u) / determinant)
    let shape = Prior.noiseShape + Double(points.count) / 2
    let scale = Prior.noiseScale + max(0, squares - mean.0 * u - mean.1 * v) / 2
    let logEvidence = -0.5 * log(determinant) - shape * log(scale)
    return (
      mean, (c / determinant, -b / determinant, a / determinant), scale / (shape - 1), logEvidence
    )
  }

  /// The accuracy after so many epochs.
  public func prediction(after epochs: Double) -> Prediction {
    let answers = members.map { answer($0, epochs) }
    let mean = answers.reduce(0) { $0 + $1.weight * $1.mean }
    let second = answers.reduce(0) {
      $0 + $1.weight * ($1.variance + ($1.mean - mean) * ($1.mean - mean))
    }
    return Prediction(mean: mean, deviation: second.squareRoot())
  }

  /// How likely the accuracy after so many epochs is above a mark.
  public func probability(above mark: Double, after epochs: Double) -> Double {
    members.reduce(0) { sum, member in
      let (weight, mean, variance) = answer(member, epochs)
      return sum + weight * 0.5 * erfc((mark - mean) / (2 * variance).squareRoot())
    }
  }

  private func answer(
    _ member: Member, _ epochs: Double
  ) -> (weight: Double, mean: Double, variance: Double) {
    let s = CurveFamily.all[member.family].shape(epochs, member.parameters)
    // No accuracy is above 1.
    let mean = min(member.mean.0 + member.mean.1 * s, 1)
    let (a, b, c) = member.covariance
    return (member.weight, mean, member.noiseVariance * (1 + a + 2 * b * s + c * s * s))
  }
}
