/// How a relaxed supernet is searched.
public struct RelaxationRecipe: Sendable, Equatable {
  public var epochs = 20
  /// Epochs at first in which only the weights learn: operations without parameters would win
  /// before the others have learnt anything.
  public var warmupEpochs = 5
  public var batchSize = 64
  /// Of the weights' stochastic gradient descent; falls to `lastRate` along a cosine.
  public var rate: Float = 0.05
  public var lastRate: Float = 0.001
  public var momentum: Float = 0.9
  public var weightDecay: Float = 3e-4
  /// Of the architecture parameters' Adam.
  public var architectureRate = 0.05
  public var architectureDecay = 1e-3
  /// The weight at the end of beta-decay, which rises linearly from 0 (Ye and others 2022,
  /// "Beta-DARTS"): it keeps the strengths together, so that no operation runs away.
  public var betaDecay = 20.0
  /// The weight at the end of the entropy's penalty, which rises linearly from 0: it makes edges
  /// decide, so that what is discretised is what was trained.
  public var entropyPenalty = 0.0
  /// Ends the search when, in its second half, so many edges of a cell prefer a skip, with the cell
  /// of the epoch before (Liang and others 2019, "DARTS+"); nil never.
  public var skipLimit: Int? = 3
  public var seed: UInt64 = 1

  public init() {}
}
