import Search

/// A way of judging an architecture: by training, by a short cut, by a table.
///
/// A new estimator is a new file and a line in `EstimatorCatalogue`.
public protocol Estimator: AnyObject {
  /// The metric by which it ranks architectures; more is better.
  var metric: String { get }
  /// The names of all that it measures.
  var metrics: [String] { get }
  /// What its values depend on besides the architecture and the seed, by name.
  var settings: [String: String] { get }
  /// Says whether it saves effort at a low fidelity; where not, it judges at fidelity 1 only.
  var hasFidelities: Bool { get }
  /// Does what comes before the first candidate, such as a supernet's training; otherwise it is done
  /// when the first one is asked for.
  func prepare() throws
  /// Takes in what it measured before, of a search that goes on or that others share.
  func recall(_ trials: [Trial])
  /// Judges a canonical architecture of the space.
  ///
  /// - Parameters:
  ///   - architecture: the candidate.
  ///   - fidelity: the part of the full effort to spend, above 0 and at most 1.
  ///   - seed: of initial parameters and the order of images, where there are any.
  ///
  /// Throws an `EstimationError` or `DeviceError` where only this candidate cannot be judged.
  func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double]
}

extension Estimator {
  /// Top-1 on validation images as a fraction, or in the units of a table.
  public static var top1: String { "top1" }
  /// The uncertainty of a `top1` that is foretold; 0 where it was measured.
  static var deviation: String { "\(top1).deviation" }
  public var metric: String { Self.top1 }
  public var metrics: [String] { [metric] }
  public var hasFidelities: Bool { false }
  public func prepare() throws {}
  public func recall(_ trials: [Trial]) {}
}

/// Why one candidate cannot be judged, in one line; the search goes on without it.
public struct EstimationError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
