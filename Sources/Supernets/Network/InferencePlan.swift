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
    // Statistics that are not there yet are made now, not by every run.
    _ = try answers(architecture, images, statistics)
    return try device.plan { try self.answers(architecture, images, statistics) }
  }

  /// A subnet's logits [N,classes] of images [N,H,W,channels], by running statistics.
  func answers(
    _ architecture: Architecture, _ images: Tensor, _ statistics: BatchNormStatistics
  ) throws -> Tensor {
    try logits(
      architecture, images, mode: .inference(statistics), tape: Tape(recording: false)
    ).value
  }
}
