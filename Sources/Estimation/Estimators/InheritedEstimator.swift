import Operators
import Search

/// Judges subnets with the weights they inherit from a supernet that is trained.
public final class InheritedEstimator: Estimator {
  private let accuracy: AccuracyEstimator
  private let validation: [LabelledImages]

  /// - Parameters:
  ///   - accuracy: of the supernet's subnets.
  ///   - validation: the images candidates are judged on, never those that are reported on.
  public init(_ accuracy: AccuracyEstimator, validation: [LabelledImages]) {
    self.accuracy = accuracy
    self.validation = validation
  }

  public var settings: [String: String] { [:] }
  public var hasFidelities: Bool { true }

  /// Low fidelity is a part of the validation images, in whole batches.
  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let batches = Int((fidelity * Double(validation.count)).rounded(.up))
    return [Self.top1: try accuracy.top1(architecture, on: Array(validation.prefix(batches)))]
  }
}
