#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that could not be read or written: where, what is wrong, and what to do, in one line.
public struct FileError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The path as the caller gave it.
  public let path: String
  /// What went wrong.
  public let problem: String
  /// What the reader of the message can do about it.
  public let advice: String

  /// Makes an error from its three parts.
  public init(path: String, problem: String, advice: String) {
    self.path = path
    self.problem = problem
    self.advice = advice
  }

  /// `path: problem; advice`, with control characters of hostile names made harmless.
  public var description: String {
    singleLine("\(path): \(problem); \(advice)")
  }
}

extension FileError {
  /// An error of the operating system, told by `errno`.
  public init(path: String, doing action: String, code: Int32) {
    let advice =
      switch code {
      case ENOENT, ENOTDIR:
        action == "read" ? "check the path" : "check that the folder exists"
      case EACCES, EPERM: "check the permissions"
      case EROFS: "choose a folder on a writable file system"
      case ENOSPC, EDQUOT: "free some space or choose another disk"
      case EISDIR: "give a file name, not a folder"
      case ENAMETOOLONG: "choose a shorter name"
      default: "check the path and try again"
      }
    let reason = String(cString: strerror(code))
    self.init(path: path, problem: "cannot \(action) (\(reason))", advice: advice)
  }
}

/// Control characters are written as `\u{..}`, so that a message stays one line.
private func singleLine(_ text: String) -> String {
  var line = ""
  for scalar in text.unicodeScalars {
    if scalar.properties.generalCategory == .control {
      line += scalar.escaped(asASCII: true)
    } else {
      line.unicodeScalars.append(scalar)
    }
  }
  return line
}
