import Operators
import Search

/// A law that did not hold: which, of what, and by how much.
///
/// One line.
public struct Violation: CustomStringConvertible, Sendable {
  public var law: String
  public var subject: String
  public var details: String

  public init(_ law: String, of subject: String, _ details: String) {
    self.law = law
    self.subject = subject
    self.details = details
  }

  public var description: String { "\(subject): \(law): \(details)" }
}

/// The largest difference between what a device computed and the reference, against its tolerance.
struct Comparison {
  private let tolerance: Double
  private(set) var worst = 0.0
  private(set) var at = 0
  private var scale = 1.0
  private var allFinite = true

  init(
    _ computed: [Float], _ reference: [Double], tolerance: Double = OperatorCase.floatTolerance
  ) {
    precondition(computed.count == reference.count, "\(computed.count) against \(reference.count)")
    self.tolerance = tolerance
    scale = reference.reduce(1) { max($0, abs($1)) }
    for (i, (a, b)) in zip(computed, reference).enumerated() {
      let difference = abs(Double(a) - b)
      if !difference.isFinite { allFinite = false }
      if !(difference <= worst) { (worst, at) = (difference, i) }
    }
  }

  /// nil where they agree.
  var disagreement: String? {
    guard allFinite, worst <= tolerance * scale else {
      return "differs by \(worst) at element \(at) (tolerance \(tolerance * scale))"
    }
    return nil
  }
}
