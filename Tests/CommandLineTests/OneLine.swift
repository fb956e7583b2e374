import Testing

/// Fails unless a process ended by itself with one line on standard error that holds `part`.
func expectOneLine(
  _ outcome: Outcome, _ part: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(!outcome.isSignal, "\(outcome)", sourceLocation: sourceLocation)
  #expect(outcome.status != 0, "\(outcome)", sourceLocation: sourceLocation)
  let lines = outcome.errorLines
  #expect(lines.count == 2 && lines.last == "", "\(outcome)", sourceLocation: sourceLocation)
  #expect(outcome.errors.hasPrefix("Error: "), "\(outcome)", sourceLocation: sourceLocation)
  #expect(outcome.errors.contains(part), "wants: \(part)", sourceLocation: sourceLocation)
}
