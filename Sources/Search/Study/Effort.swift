/// Evaluations in full ones: one of lower fidelity is its part of one.
public struct Effort: Sendable, Equatable {
  private var sum = 0.0

  public init() {}

  public mutating func add(_ fidelity: Double) { sum += fidelity }

  /// Thirds add up to a little less than one: what is told is rounded to millionths.
  public var evaluations: Double { (sum * 1e6).rounded() / 1e6 }
}
