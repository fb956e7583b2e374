/// What a strategy asks to have evaluated: an architecture, and with which part of the full effort.
public struct Proposal: Hashable, Sendable {
  public let architecture: Architecture
  /// The part of the full budget (epochs, images) to spend, above 0 and at most 1.
  public let fidelity: Double

  public init(_ architecture: Architecture, fidelity: Double = 1) {
    precondition(fidelity > 0 && fidelity <= 1, "fidelity \(fidelity) is not in 0 < f <= 1")
    self.architecture = architecture
    self.fidelity = fidelity
  }
}
