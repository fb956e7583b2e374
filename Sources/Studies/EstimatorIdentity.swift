/// Which estimator judged a study's trials, and with what: values of others do not compare.
public struct EstimatorIdentity: Sendable, Equatable, Codable {
  public let name: String
  /// What its values depend on, by name: a recipe's fields, checksums of images or of a table.
  public let settings: [String: String]

  public init(_ name: String, settings: [String: String] = [:]) {
    self.name = name
    self.settings = settings
  }

  /// What sets it apart from another, as in `epochs 8, not 4`; `nil` where they are the same.
  public func difference(from other: EstimatorIdentity) -> String? {
    guard name == other.name else { return "the estimator \(name), not \(other.name)" }
    let keys = Set(settings.keys).union(other.settings.keys).sorted()
    return keys.first { settings[$0] != other.settings[$0] }.map {
      "\($0) \(settings[$0] ?? "none"), not \(other.settings[$0] ?? "none")"
    }
  }
}
