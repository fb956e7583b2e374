/// A data set that cannot be used: where, what is wrong, and what to do, in one line.
public struct DatasetError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The path of the file or folder, or the data set's name where it has none.
  public let place: String
  /// What went wrong.
  public let problem: String
  /// What the reader of the message can do about it.
  public let advice: String

  /// Makes an error from its three parts.
  public init(place: String, problem: String, advice: String) {
    self.place = place
    self.problem = problem
    self.advice = advice
  }

  /// `place: problem; advice`, with control characters of hostile names made harmless.
  public var description: String {
    var line = ""
    for scalar in "\(place): \(problem); \(advice)".unicodeScalars {
      if scalar.properties.generalCategory == .control {
        line += scalar.escaped(asASCII: true)
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
    return line
  }
}
