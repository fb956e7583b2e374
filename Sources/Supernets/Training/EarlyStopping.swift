/// Whether a training that no longer gets better is to end (Prechelt 1998; PyTorch Lightning's
/// `EarlyStopping`).
public struct EarlyStopping: Sendable {
  /// Epochs that may pass without a better one.
  public let patience: Int

  public init(patience: Int) { self.patience = patience }

  /// - Parameter scores: an accuracy for each epoch so far.
  public func ends(after scores: [Double]) -> Bool {
    guard let best = scores.max(), let at = scores.firstIndex(of: best) else { return false }
    return scores.count - 1 - at >= patience
  }
}
