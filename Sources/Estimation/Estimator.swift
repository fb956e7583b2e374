import Search

/// A way of judging an architecture: by training, by a short cut, by a table.
///
/// A new estimator is a new file and a line in `EstimatorCatalogue`.
public protocol Estimator: AnyObject {
  /// The metric by which it ranks architectures; more is better.
  var metric: String { get }
  /// Judges a canonical architecture of the space.
  ///
  /// - Parameters:
  ///   - fidelity: the part of the full effort to spend, above 0 and at most 1; ignored by those
  ///     that have no effort to save.
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
  public var metric: String { Self.top1 }
}

/// Why one candidate cannot be judged, in one line; the search goes on without it.
public struct EstimationError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
