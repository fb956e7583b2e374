import Operators
import Search
import Supernets

/// A score of an untrained network from one batch of images; more is better.
///
/// A new score is a new file and a line in `ZeroCostCatalogue`.
public protocol ZeroCostScore: Sendable {
  func score(of network: UntrainedNetwork) throws -> Double
}

/// Every zero-cost score by name.
public enum ZeroCostCatalogue {
  public struct Entry: Sendable {
    public let name: String
    /// One line for the command line's help.
    public let summary: String
    public let score: any ZeroCostScore
  }

  public static let entries: [Entry] = [
    .init(
      name: "synflow", summary: "synaptic flow: how much its weights pass on", score: SynFlow()),
    .init(
      name: "gradient-norm", summary: "the length of the loss's gradient", score: GradientNorm()),
    .init(
      name: "jacobian-covariance", summary: "how unlike its gradients of different images are",
      score: JacobianCovariance()),
    .init(
      name: "naswot", summary: "how unlike its units' answers to different images are",
      score: ActivationOverlap()),
  ]
}

/// An architecture alone with random parameters, and a batch to look at.
public struct UntrainedNetwork {
  let network: Supernet
  let architecture: Architecture
  let batch: LabelledImages

  var device: any Device { network.device }

  /// A pass and its way back from a gradient of the logits or of a loss.
  func pass(
    _ images: Variable, mode: PassMode = .training(dropout: nil), tape: Tape
  ) throws -> Variable {
    try network.logits(architecture, images, mode: mode, tape: tape)
  }

  /// Every parameter's gradient by entry of the layout, after `body` went back to it.
  func gradients(_ body: () throws -> Void) throws -> [(ParameterRole, ArraySlice<Float>)] {
    let block = try network.zeroGradients()
    try body()
    let values = try device.read(block)
    return network.layout.entries.map {
      ($0.role, values[$0.offset..<$0.offset + $0.count])
    }
  }

  /// A tensor of one number.
  func constant(_ shape: Shape, _ value: Float) throws -> Tensor {
    let tensor = try device.empty(shape)
    try device.fill(tensor, with: value)
    return tensor
  }
}

/// Judges an architecture untrained, by one score.
public final class ZeroCostEstimator: Estimator {
  private let score: any ZeroCostScore
  private let plan: TrainingPlan
  private let device: any Device
  private let batch: LabelledImages

  /// - Parameters:
  ///   - score: what an untrained network is worth.
  ///   - plan: the space and the images.
  ///   - device: to compute on.
  ///   - images: of the batch.
  public init(
    _ score: any ZeroCostScore, _ plan: TrainingPlan, on device: any Device, images: Int = 64
  ) throws {
    self.score = score
    self.plan = plan
    self.device = device
    batch = try plan.labelled(plan.training.prefix(images), on: device)[0]
  }

  public let metric = "score"
  public var settings: [String: String] {
    ["images": "\(batch.labels.count)", "training-images": plan.training.checksum]
  }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let network = try Supernet(plan.space, on: device, seed: seed, alone: architecture)
    return [
      metric: try score.score(
        of: UntrainedNetwork(network: network, architecture: architecture, batch: batch))
    ]
  }
}
