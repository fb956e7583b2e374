import Compute
import Operators
import Search

/// A subnet with running statistics that answers one batch of images after the other.
///
/// From the second batch of a shape on it runs a plan, so that no time goes into making passes ready.
/// Its parameters and statistics are to stay as they are meanwhile.
public final class SubnetInference {
  private let device: any Device
  private let pass: (Tensor) throws -> Tensor
  private var lastShape: Shape?
  private var prepared: (images: Tensor, plan: any Plan)?

  public init(
    _ supernet: Supernet, _ architecture: Architecture, _ statistics: BatchNormStatistics
  ) {
    device = supernet.device
    pass = { try supernet.answers(architecture, $0, statistics) }
  }

  /// Which of the images it gets right, image by image.
  public func correct(_ data: [LabelledImages]) throws -> [Bool] {
    // All is launched before the first answer is waited for.
    let marks = try data.flatMap { batch in
      try parts(of: batch.images.shape[0]).map { part in
        try CrossEntropy.top1(
          logits(batch.images.images(part)), labels: batch.labels.images(part))
      }
    }
    return try marks.flatMap { try device.read($0).map { $0 == 1 } }
  }

  /// Its logits [N*classes], image by image.
  public func logits(_ data: [LabelledImages]) throws -> [Float] {
    try data.flatMap { batch in
      try parts(of: batch.images.shape[0]).flatMap {
        try device.read(try logits(batch.images.images($0)))
      }
    }
  }

  /// A processor computes few images at a time: what layers hand on then stays in its caches.
  private func parts(of count: Int) -> [Range<Int>] {
    let most =
      device.description.kind == .cpu ? 32 * device.description.computeUnits : max(count, 1)
    return stride(from: 0, to: count, by: most).map { $0..<min($0 + most, count) }
  }

  /// Logits [N,classes] of images [N,H,W,channels], until the next ones are asked for.
  private func logits(_ images: Tensor) throws -> Tensor {
    if let prepared, prepared.images.shape == images.shape {
      try device.copy(images, to: prepared.images)
      return try prepared.plan.run()
    }
    guard images.shape == lastShape else {
      lastShape = images.shape
      return try pass(images)
    }
    let own = try device.empty(images.shape)
    try device.copy(images, to: own)
    let plan = try device.plan { [pass] in try pass(own) }
    prepared = (own, plan)
    return plan.output
  }
}

extension Tensor {
  /// Some of the images of a batch [N,...].
  fileprivate func images(_ range: Range<Int>) -> Tensor {
    slice(
      from: [range.lowerBound] + Shape(repeating: 0, count: shape.count - 1),
      sizes: [range.count] + shape.dropFirst())
  }
}
