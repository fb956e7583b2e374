/// What is wrong with a configuration or another input: where, what, and what to do.
///
/// One line.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
  public let description: String
  public init(_ description: String) { self.description = description }
}
