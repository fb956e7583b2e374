import Operators
import Search
import Supernets

/// A space's largest subnet on a device: what all choices together are judged by in the end.
final class WholeNetwork {
  private let supernet: Supernet
  private let images: Tensor
  private let image: Tensor
  private let labels: Tensor
  private let share: Tensor
  private let statistics: BatchNormStatistics
  private(set) var logits: Tensor?

  init(_ space: any NetworkSpace, batch: Int, on device: any Device) throws {
    supernet = try Supernet(space, on: device, seed: 1)
    let side = space.resolution(of: space.largest)
    let count = side * side * space.channels
    var generator = SeededGenerator(seed: 2)
    let one = (0..<count).map { _ in Float(2 * generator.unit() - 1) }
    images = try device.tensor(
      (0..<batch).flatMap { n in one.map { $0 * Float(1 + n % 7) / 7 } },
      [batch, side, side, space.channels])
    image = try device.tensor(one, [1, side, side, space.channels])
    labels = try device.tensor((0..<batch).map { Float($0 % space.classes) }, [batch])
    share = try device.tensor([Float](repeating: 1 / Float(batch), count: batch), [batch])
    statistics = BatchNormStatistics(on: supernet.device)
  }

  var device: any Device { supernet.device }

  /// Forward and backward.
  func step() throws {
    _ = try supernet.zeroGradients()
    let tape = Tape(recording: true)
    let output = try supernet.logits(
      supernet.space.largest, images, mode: .training(dropout: nil), tape: tape)
    logits = output.value
    let loss = try tape.apply(CrossEntropy(.labels(smoothing: 0)), output, Variable(labels))
    try tape.backward(from: loss, gradient: share)
  }

  /// One image.
  func inference() throws {
    let output = try supernet.logits(
      supernet.space.largest, image, mode: .inference(statistics), tape: Tape(recording: false))
    logits = output.value
  }

  /// What the last pass, and the last way back, computed.
  func numbers() throws -> [[Float]] {
    try [logits, supernet.gradients].compactMap(\.self).map { try device.read($0) }
  }
}
