import Terminal

/// What a look at one part of the machine came to.
struct Finding: Encodable {
  enum State: String, Encodable {
    case good = "ok"
    /// Something is missing that work goes on without.
    case lacking = "note"
    /// Nothing can run.
    case failed = "FAILED"
  }

  var subject: String
  var state: State
  var text: String
  /// What to do about it.
  var advice: String?

  init(_ subject: String, _ text: String) { self.init(subject, .good, text) }

  init(_ subject: String, _ state: State, _ text: String, advice: String? = nil) {
    (self.subject, self.state, self.text, self.advice) = (subject, state, text, advice)
  }

  /// A line for each finding, advice below it.
  static func text(_ findings: [Finding]) -> String {
    let width = findings.map(\.subject.count).max() ?? 0
    return findings.map { finding in
      let subject = finding.subject.padded(to: width)
      let line = "\(finding.state.rawValue.padded(to: 6))  \(subject)  \(finding.text)"
      return finding.advice.map { "\(line)\n        \("".padded(to: width))  -> \($0)" } ?? line
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
