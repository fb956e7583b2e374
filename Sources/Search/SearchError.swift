/// What was wrong with a space, an architecture's text or a study's file, in one line.
public struct SearchError: Error, Equatable, CustomStringConvertible {
  public let message: String

  public init(_ message: String) {
    self.message = message
  }

  public var description: String { message }
}
