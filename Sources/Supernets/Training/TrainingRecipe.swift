import Datasets
import Operators

/// How a supernet is trained.
///
/// Unless told otherwise, BigNAS's single-stage recipe (Yu and others 2020, section 3).
public struct TrainingRecipe: Sendable, Codable, Equatable {
  public enum OptimizerName: String, Sendable, Codable, CaseIterable { case sgd, rmsprop, adam }

  public var epochs: Int
  public var batchSize: Int
  /// Which subnets a step takes; nil for the sandwich where the space is elastic, else single path.
  public var sampling: SamplingRule?
  /// Subnets of a step between the largest and the smallest.
  public var randomSubnets: Int
  public var optimizer: OptimizerName
  public var nesterov: Bool
  public var momentum: Float
  public var learningRate: Float
  /// Steps in which the rate rises linearly from zero.
  public var warmupSteps: Int
  /// The constant ending of the exponential decay, as a part of `learningRate`.
  public var finalRateFraction: Float
  /// Of weights, once a step: what the largest subnet holds.
  public var weightDecay: Float
  /// Before the classifier, in the largest only.
  public var dropout: Float
  public var labelSmoothing: Float
  public var cropPadding: Int
  public var horizontalFlip: Bool
  public var seed: UInt64

  public init(
    epochs: Int = 2, batchSize: Int = 64, sampling: SamplingRule? = nil, randomSubnets: Int = 2,
    optimizer: OptimizerName = .sgd, nesterov: Bool = true, momentum: Float = 0.9,
    learningRate: Float = 0.4, warmupSteps: Int = 100, finalRateFraction: Float = 0.05,
    weightDecay: Float = 1e-5, dropout: Float = 0.1, labelSmoothing: Float = 0,
    cropPadding: Int = 2, horizontalFlip: Bool = true, seed: UInt64 = 1
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.sampling = sampling
    self.randomSubnets = randomSubnets
    self.optimizer = optimizer
    self.nesterov = nesterov
    self.momentum = momentum
    self.learningRate = learningRate
    self.warmupSteps = warmupSteps
    self.finalRateFraction = finalRateFraction
    self.weightDecay = weightDecay
    self.dropout = dropout
    self.labelSmoothing = labelSmoothing
    self.cropPadding = cropPadding
    self.horizontalFlip = horizontalFlip
    self.seed = seed
  }

  var update: any Optimizer {
    switch optimizer {
    case .sgd: SGD(momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
    case .rmsprop: RMSProp(momentum: momentum, weightDecay: weightDecay)
    case .adam: Adam(weightDecay: weightDecay)
    }
  }

  /// The learning rate of a step out of `total`: linear warm-up, exponential decay, and for the
  /// last tenth the constant ending.
  public func rate(step: Int, of total: Int) -> Float {
    let warmup = min(1, Float(step + 1) / Float(max(warmupSteps, 1)))
    let progress = min(1, Double(step) / (0.9 * Double(max(total, 1))))
    var fraction = 1.0
    // finalRateFraction^progress by repeated square roots: the same bits on every machine.
    var (exponent, root) = (progress, Double(finalRateFraction))
    if exponent >= 1 { return learningRate * warmup * finalRateFraction }
    for _ in 0..<24 {
      root = root.squareRoot()
      exponent *= 2
      if exponent >= 1 {
        fraction *= root
        exponent -= 1
      }
    }
    return learningRate * warmup * Float(fraction)
  }

  public var augmentation: Augmentation {
    Augmentation(cropPadding: cropPadding, horizontalFlip: horizontalFlip)
  }
}
