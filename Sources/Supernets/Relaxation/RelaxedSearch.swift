#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Datasets
import Operators
import Search

/// Searches a cell space by gradient: weights learn from one half of the training images, the
/// strengths of operations from the other, by turns (Liu, Simonyan and Yang 2019, algorithm 1).
public final class RelaxedSearch {
  public let space: CellSpace
  public let recipe: RelaxationRecipe
  /// The strengths of operations, as the last step left them.
  public private(set) var parameters: ArchitectureParameters
  /// Their mean over the steps of the search's second half, once it has begun: a step's own are
  /// full of its noise (Polyak and Juditsky 1992).
  public private(set) var settled: ArchitectureParameters
  /// Epochs done.
  public private(set) var epoch = 0
  /// Whether too many edges came to prefer skips: the search ended with the epoch before.
  public private(set) var hasStoppedEarly = false

  private let method: any RelaxationMethod
  private let network: RelaxedNetwork
  private let moments: Tensor
  private let optimizer: SGD
  private var adam: ArchitectureParameters.Adam
  /// What weights learn from, and what strengths do.
  private let halves: (weights: BatchSequence, strengths: BatchSequence)
  private var step = 0

  public init(
    _ space: CellSpace, _ method: any RelaxationMethod, on device: any Device,
    recipe: RelaxationRecipe, images training: ImageDataset, statistics: PixelStatistics
  ) throws {
    self.space = space
    self.method = method
    self.recipe = recipe
    let supernet = try Supernet(space, on: device, seed: recipe.seed)
    network = RelaxedNetwork(space: space, supernet: supernet)
    moments = try device.empty([supernet.layout.count])
    try device.fill(moments, with: 0)
    optimizer = SGD(momentum: recipe.momentum, weightDecay: recipe.weightDecay)
    parameters = ArchitectureParameters(of: space)
    settled = parameters
    adam = ArchitectureParameters.Adam(parameters)
    var generator = SeededGenerator(seed: recipe.seed, stream: -1)
    let order = Array(0..<training.count).shuffled(using: &generator)
    let middle = training.count / 2
    func half(_ range: Range<Int>) throws -> BatchSequence {
      try BatchSequence(
        training: training.selecting(range.map { order[$0] }), statistics: statistics,
        batchSize: recipe.batchSize, seed: recipe.seed)
    }
    halves = (try half(0..<middle), try half(middle..<training.count))
  }

  public var isFinished: Bool { epoch >= recipe.epochs || hasStoppedEarly }

  /// The cell of the strongest operations so far.
  public var architecture: Architecture { space.architecture(of: settled) }

  /// The most edges of a searched cell that prefer a skip.
  public var skipCount: Int {
    space.kinds.map { kind in
      zip(settled.places, settled.strongest).count { place, operation in
        place.cell == kind && space.operation(operation).isIdentity
      }
    }.max() ?? 0
  }

  private var stepsPerEpoch: Int { halves.weights.batchCount }
  private var warmupSteps: Int { recipe.warmupEpochs * stepsPerEpoch }
  /// Steps of the second half of those in which strengths learn, this one included; else 0 or less.
  private var settledSteps: Int {
    step + 1 - (warmupSteps + recipe.epochs * stepsPerEpoch) / 2
  }
  private var progress: Double { Double(step) / Double(recipe.epochs * stepsPerEpoch) }

  /// An epoch over the half that the weights learn from; returns their mean loss in its last steps.
  @discardableResult
  public func runEpoch() throws -> Double {
    precondition(!isFinished, "the search has ended")
    let before = settled
    var losses: [Double] = []
    for index in 0..<stepsPerEpoch {
      let batch = try batch(halves.weights, index)
      if epoch >= recipe.warmupEpochs {
        let other = try self.batch(halves.strengths, index % halves.strengths.batchCount)
        try updateStrengths(on: other, weightsLearnFrom: batch)
      }
      let loss = try updateWeights(on: batch, reportingLoss: index >= stepsPerEpoch - 5)
      if let loss { losses.append(loss) }
      step += 1
    }
    epoch += 1
    // In the first half of the search strengths are still noise.
    if let limit = recipe.skipLimit, skipCount >= limit, settledSteps > 1,
      epoch > recipe.warmupEpochs + 1
    {
      settled = before
      hasStoppedEarly = true
    }
    return losses.reduce(0, +) / Double(max(losses.count, 1))
  }

  private func batch(_ sequence: BatchSequence, _ index: Int) throws -> LabelledImages {
    try LabelledImages(sequence, epoch: epoch, index: index, on: network.supernet.device)
  }

  /// A pass and its way back; what is sampled is a function of the seed, the step and the stream.
  ///
  /// - Returns: the mean loss's gradient of the strengths, and the losses.
  private func pass(
    _ batch: LabelledImages, learnsParameters: Bool, stream: Int
  ) throws -> (strengths: () throws -> [[Double]], losses: Tensor) {
    var generator = SeededGenerator(seed: recipe.seed, stream: 4 * step + stream)
    let mixtures = method.mixtures(of: parameters, progress: progress, using: &generator)
    let weights = try network.weights(mixtures, of: parameters)
    let tape = Tape(recording: true)
    let losses = try network.losses(
      batch, weights, learnsParameters: learnsParameters, tape: tape)
    let device = network.supernet.device
    let share = try device.empty(losses.shape)
    try device.fill(share, with: 1 / Float(losses.shape[0]))
    try tape.backward(from: losses, gradient: share)
    let (network, parameters, method, progress) = (network, parameters, method, progress)
    return (
      {
        method.gradient(
          of: mixtures, weights: try network.gradients(weights, mixtures, of: parameters),
          progress: progress)
      }, losses.value
    )
  }

  private var rate: Float {
    let cosine = Float(0.5 * (1 + cos(.pi * progress)))
    return recipe.lastRate + (recipe.rate - recipe.lastRate) * cosine
  }

  private func updateWeights(on batch: LabelledImages, reportingLoss: Bool) throws -> Double? {
    let supernet = network.supernet
    let gradients = try supernet.zeroGradients()
    let losses = try pass(batch, learnsParameters: true, stream: 0).losses
    try optimizer.update(
      supernet.parameters, gradients: gradients, moments: [moments],
      decayed: supernet.layout.decayed, rate: rate, step: step + 1)
    guard reportingLoss else { return nil }
    let values = try supernet.device.read(losses)
    return values.reduce(0) { $0 + Double($1) } / Double(values.count)
  }

  private func updateStrengths(
    on batch: LabelledImages, weightsLearnFrom training: LabelledImages
  ) throws {
    var gradient =
      try method.isSecondOrder
      ? secondOrder(on: batch, weightsLearnFrom: training)
      : pass(batch, learnsParameters: false, stream: 1).strengths()
    let searched = Double(recipe.warmupEpochs) / Double(recipe.epochs)
    let rise = max(0, (progress - searched) / max(1 - searched, 1e-9))
    add(parameters.betaDecayGradient, times: recipe.betaDecay * rise, to: &gradient)
    add(parameters.entropyGradient, times: recipe.entropyPenalty * rise, to: &gradient)
    adam.update(
      &parameters, gradient, rate: recipe.architectureRate, decay: recipe.architectureDecay)
    settle()
  }

  private func settle() {
    guard settledSteps > 1 else { return settled = parameters }
    for edge in settled.values.indices {
      for k in settled.values[edge].indices {
        settled.values[edge][k] +=
          (parameters.values[edge][k] - settled.values[edge][k]) / Double(settledSteps)
      }
    }
  }

  private func add(_ other: [[Double]], times factor: Double, to gradient: inout [[Double]]) {
    for edge in gradient.indices {
      for k in gradient[edge].indices { gradient[edge][k] += factor * other[edge][k] }
    }
  }

  /// The strengths' gradient after a step of the weights, w' = w - rate * dL_train/dw: that at w'
  /// less rate * (dL_train/da at w+ - at w-) / 2e, w+- = w +- e * dL_val/dw' (equations 7 and 8).
  private func secondOrder(
    on batch: LabelledImages, weightsLearnFrom training: LabelledImages
  ) throws -> [[Double]] {
    let (supernet, device) = (network.supernet, network.supernet.device)
    let count = supernet.layout.count
    // Plain descent: moments of their own, forgotten each time.
    let scratch = try device.empty([count])
    func move(_ direction: Tensor, by rate: Float) throws {
      try device.fill(scratch, with: 0)
      try SGD(momentum: 0).update(
        supernet.parameters, gradients: direction, moments: [scratch], decayed: 0, rate: rate,
        step: 1)
    }
    func restore(_ values: [Float]) throws { try device.write(values, to: supernet.parameters) }

    let start = try device.read(supernet.parameters)
    let gradients = try supernet.zeroGradients()
    _ = try pass(training, learnsParameters: true, stream: 0)
    try move(gradients, by: rate)
    _ = try supernet.zeroGradients()
    var gradient = try pass(batch, learnsParameters: true, stream: 1).strengths()
    let ahead = try device.read(gradients)
    try restore(start)
    let length = ahead.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard length > 0 else { return gradient }
    let epsilon = 0.01 / length
    let direction = try device.tensor(ahead, [count])
    var difference = gradient.map { $0.map { _ in 0.0 } }
    for sign in [1.0, -1.0] {
      try move(direction, by: Float(-sign * epsilon))
      add(
        try pass(training, learnsParameters: false, stream: 0).strengths(), times: sign,
        to: &difference)
      try restore(start)
    }
    add(difference, times: -Double(rate) / (2 * epsilon), to: &gradient)
    return gradient
  }
}
