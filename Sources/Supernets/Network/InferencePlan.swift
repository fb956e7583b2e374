import Operators
import Search

extension Supernet {
  /// A subnet's forward pass with running statistics, to be run on many images: write them to
  /// `images`, run the plan, read its logits [N,classes].
  ///
  /// Its parameters and statistics are those that there are now: make another after training.
  public func inferencePlan(
    _ architecture: Architecture, _ images: Tensor, _ statistics: BatchNormStatistics
  ) throws -> any Plan {
    let pass = {
      try self.logits(
        architecture, images, mode: .inference(statistics), tape: Tape(recording: false)
      ).value
    }
    // Statistics that are not there yet are made now, not by every run.
    _ = try pass()
    return try device.plan(pass)
  }
}
