import Datasets
import Operators

/// How a supernet is trained.
///
/// Unless told otherwise, BigNAS's single-stage recipe (Yu and others 2020, section 3).
public struct TrainingRecipe: Sendable, Equatable {
  public enum OptimizerName: String, Sendable, CaseIterable { case sgd, rmsprop, adam }

  public var epochs: Int
  /// Images that are on the device at once.
  public var batchSize: Int
  /// Batches whose gradients are added up to one step's (timm's `grad-accum-steps`).
  public var gradAccumSteps: Int
  /// Whether batch norm sees the batches of all ranks as one (timm's `sync-bn`).
  public var syncBatchNorm: Bool
  /// Whether activations that convolutions hand on are stored as float16.
  public var halfActivations: Bool
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
  public var schedule: LearningRateSchedule
  /// What the exponential and the cosine schedule end with, as a part of `learningRate`.
  public var finalRateFraction: Float
  /// Of the step schedule: after so many epochs the rate is multiplied by `decayRate`, again and again.
  public var decayEpochs: Int
  public var decayRate: Float
  /// The greatest length of all gradients together; nil for any.
  public var clipGrad: Float?
  /// The part of the weights' moving average that a step keeps; nil for no average.
  public var modelEMADecay: Float?
  /// Of weights, once a step: what the largest subnet holds.
  public var weightDecay: Float
  /// Before the classifier, in the largest only.
  public var dropout: Float
  public var labelSmoothing: Float
  /// Epochs without a better validation accuracy after which training ends; nil for never.
  public var earlyStoppingPatience: Int?
  public var cropPadding: Int
  public var horizontalFlip: Bool
  /// What is done to training images beyond cutting and mirroring.
  public var strongAugmentation: StrongAugmentation
  public var seed: UInt64

  public init(
    epochs: Int = 2, batchSize: Int = 64, gradAccumSteps: Int = 1,
    syncBatchNorm: Bool = false, halfActivations: Bool = false, sampling: SamplingRule? = nil,
    randomSubnets: Int = 2,
    optimizer: OptimizerName = .sgd, nesterov: Bool = true,
    momentum: Float = 0.9, learningRate: Float = 0.4, warmupSteps: Int = 100,
    schedule: LearningRateSchedule = .exponential, finalRateFraction: Float = 0.05,
    decayEpochs: Int = 30, decayRate: Float = 0.1, clipGrad: Float? = nil,
    modelEMADecay: Float? = nil, weightDecay: Float = 1e-5, dropout: Float = 0.1,
    labelSmoothing: Float = 0, earlyStoppingPatience: Int? = nil, cropPadding: Int = 2,
    horizontalFlip: Bool = true, strongAugmentation: StrongAugmentation = StrongAugmentation(),
    seed: UInt64 = 1
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.gradAccumSteps = gradAccumSteps
    self.syncBatchNorm = syncBatchNorm
    self.halfActivations = halfActivations
    self.sampling = sampling
    self.randomSubnets = randomSubnets
    self.optimizer = optimizer
    self.nesterov = nesterov
    self.momentum = momentum
    self.learningRate = learningRate
    self.warmupSteps = warmupSteps
    self.schedule = schedule
    self.finalRateFraction = finalRateFraction
    self.decayEpochs = decayEpochs
    self.decayRate = decayRate
    self.clipGrad = clipGrad
    self.modelEMADecay = modelEMADecay
    self.weightDecay = weightDecay
    self.dropout = dropout
    self.labelSmoothing = labelSmoothing
    self.earlyStoppingPatience = earlyStoppingPatience
    self.cropPadding = cropPadding
    self.horizontalFlip = horizontalFlip
    self.strongAugmentation = strongAugmentation
    self.seed = seed
  }

  var update: any Optimizer {
    switch optimizer {
    case .sgd: SGD(momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
    case .rmsprop: RMSProp(momentum: momentum, weightDecay: weightDecay)
    case .adam: Adam(weightDecay: weightDecay)
    }
  }

  /// Images that a step learns from.
  public var imagesPerStep: Int { batchSize * gradAccumSteps }

  public var augmentation: Augmentation {
    Augmentation(
      cropPadding: cropPadding, horizontalFlip: horizontalFlip, strong: strongAugmentation)
  }
}
