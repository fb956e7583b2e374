import Datasets
import Operators
import Search

/// Trains the subnets of a supernet together, a step at a time.
///
/// A step's randomness is a function of the seed and the step's number, so training stopped after
/// any step goes on as if it had not. Several ranks, each with a trainer of its own, train one
/// supernet: each makes the gradients of its share of a step's images.
public final class Trainer {
  public let supernet: Supernet
  /// The moving average of its parameters, where the recipe asks for one.
  public let averaged: Supernet?
  public let recipe: TrainingRecipe
  public var batches: BatchSequence { loader.batches }
  /// Prepares the batches of the next steps.
  public let loader: BatchLoader
  /// Steps done.
  public internal(set) var step = 0
  /// Those that train together.
  public let ranks: any Communicator
  let moments: [Tensor]
  private let optimizer: any Optimizer
  private let share: BatchShare
  /// Where gradients and losses of all ranks are added up; made by the first step.
  var rankSum: RankSum?

  /// Parts that a step's batch is taken in, one after the other, their gradients added up.
  ///
  /// The recipe's, unless memory is short. Batch norm sees a part at a time.
  public private(set) var parts: Int

  /// Which subnets a step takes.
  public let sampling: SamplingRule

  /// What a step tells: the mean loss of each of its subnets over the images of all ranks, with the
  /// sandwich rule the largest first and the smallest last.
  public struct Losses: Sendable {
    /// At least one.
    public let each: [Double]
    /// The length of all gradients together, before they were clipped; nil where they are not.
    public let gradientLength: Double?
    public var largest: Double { each[0] }
    public var smallest: Double { each[each.count - 1] }
  }

  /// - Parameters:
  ///   - supernet: what is trained.
  ///   - recipe: how.
  ///   - training: square images of any size; each subnet resizes them to its own.
  ///   - statistics: by which images are normalised.
  ///   - parts: those of a step's images to begin with, where not as the recipe has it.
  ///   - ranks: those that train together.
  public init(
    _ supernet: Supernet, recipe: TrainingRecipe, images training: ImageDataset,
    statistics: PixelStatistics, parts: Int? = nil, ranks: any Communicator = Alone()
  ) throws {
    guard training.channels == supernet.space.channels else {
      throw ConfigurationError(
        "space \(supernet.space.name): wants images of \(supernet.space.channels) channels, "
          + "\(training.name) has \(training.channels)")
    }
    guard training.classCount <= supernet.space.classes else {
      throw ConfigurationError(
        "space \(supernet.space.name): tells \(supernet.space.classes) classes apart, "
          + "\(training.name) has \(training.classCount)")
    }
    let space = supernet.space
    sampling = recipe.sampling ?? (space.isElastic ? .sandwich : .singlePath)
    guard space.isElastic || sampling != .sandwich else {
      throw ConfigurationError(
        "training: space \(space.name) has no largest subnet for the sandwich rule; set sampling "
          + "to \(SamplingRule.singlePath.rawValue)")
    }
    guard recipe.batchSize >= 2 * ranks.size || ranks.isAlone else {
      throw ConfigurationError(
        "training: batch \(recipe.batchSize) gives \(ranks.size) ranks less than 2 images each; "
          + "start fewer ranks, or set batch to \(2 * ranks.size) or more")
    }
    self.supernet = supernet
    self.recipe = recipe
    self.ranks = ranks
    share = BatchShare(ranks.rank, of: ranks.size, parts: recipe.gradAccumSteps)
    self.parts = parts ?? recipe.gradAccumSteps
    optimizer = recipe.update
    averaged = try recipe.modelEMADecay.map { _ in try Supernet(withParametersLike: supernet) }
    loader = BatchLoader(
      try BatchSequence(
        training: training, statistics: statistics, batchSize: recipe.imagesPerStep,
        seed: recipe.seed, augmentation: recipe.augmentation, share: share))
    moments = try (0..<optimizer.momentCount).map { _ in
      let moment = try supernet.device.empty([supernet.layout.count])
      try supernet.device.fill(moment, with: 0)
      return moment
    }
  }

  public var totalSteps: Int { recipe.epochs * batches.batchCount }
  public var isFinished: Bool { step >= totalSteps }

  /// What is to be judged and handed over: the average where there is one.
  public var evaluated: Supernet { averaged ?? supernet }

  /// Ends the training: the supernet has the averaged parameters, where there are any.
  public func finish() throws {
    if let averaged { try supernet.device.copy(averaged.parameters, to: supernet.parameters) }
  }

  /// The subnets of a step, as the recipe's sampling rule draws them.
  public func subnets(of step: Int) -> [Architecture] {
    var generator = SeededGenerator(seed: recipe.seed, stream: step)
    return sampling.subnets(
      of: supernet.space, random: recipe.randomSubnets, using: &generator)
  }

  /// Ranks share the mask of a part, each having rows of it.
  private func dropout(of step: Int, part: Int) -> Dropout? {
    guard recipe.dropout > 0 else { return nil }
    // A stream of its own: those of the steps' subnets count up from 0.
    var generator = SeededGenerator(seed: recipe.seed, stream: -1 - step)
    for _ in 0..<part { _ = generator.next() }
    return Dropout(
      rate: recipe.dropout, seed: UInt32(truncatingIfNeeded: generator.next()),
      firstRow: share.start(in: recipe.imagesPerStep / parts))
  }

  /// One step: the gradients of its subnets are summed, then the parameters are updated once.
  ///
  /// All learn from the labels; under the sandwich rule only the largest does, and all others from
  /// its soft predictions (in-place distillation; Yu & Huang 2019, BigNAS section 3.1). Losses are
  /// read back only where asked for. Where the device's memory does not hold the batch, it is taken
  /// in more parts from then on; a step that fails leaves everything as it was before. Ranks that
  /// share batch norm's statistics cannot, for all would have to.
  ///
  /// - Parameters:
  ///   - reportingLosses: whether losses are read back, which waits for the device.
  ///   - given: the step's subnets, the teacher first, where they are not to be drawn: one alone is
  ///     trained by itself.
  public func runStep(
    reportingLosses: Bool = false, subnets given: [Architecture]? = nil
  ) throws -> Losses? {
    let batch = try loader.batch(ofStep: step, last: totalSteps - 1)
    let subnets = given ?? subnets(of: step)
    while true {
      do {
        return try runStep(batch, subnets, reportingLosses: reportingLosses)
      } catch let error as DeviceError
        where error.cause == .shortOfMemory && 2 * parts <= batch.count && synchronized == nil
      {
        parts *= 2
      }
    }
  }

  private func runStep(
    _ batch: Batch, _ subnets: [Architecture], reportingLosses: Bool
  ) throws -> Losses? {
    let gradients = try supernet.zeroGradients()
    supernet.device.beginRound()
    // Of each subnet, those of each part.
    var losses = [[Tensor]](repeating: [], count: subnets.count)
    for part in 0..<parts {
      let found = try addGradients(
        to: supernet, of: batch.part(part, of: parts), share: 1 / Float(recipe.imagesPerStep),
        subnets, dropout: dropout(of: step, part: part), synchronized: synchronized)
      for (index, loss) in found.enumerated() { losses[index].append(loss) }
    }
    let shared = try sumAcrossRanks(gradients, losses)
    let clipped = try recipe.clipGrad.map { try GradientClipping(limit: $0).factor(of: gradients) }
    try optimizer.update(
      supernet.parameters, gradients: gradients, scale: clipped, moments: moments,
      decayed: supernet.layout.decayed, rate: recipe.rate(step: step, of: totalSteps),
      step: step + 1)
    if let averaged, let decay = recipe.modelEMADecay {
      try MovingAverage(decay: decay).update(averaged.parameters, with: supernet.parameters)
    }
    step += 1
    guard reportingLosses, !losses.isEmpty else { return nil }
    return Losses(
      each: try (shared ?? losses.map(sum)).map { $0 / Double(recipe.imagesPerStep) },
      gradientLength: try clipped.map { Double(try supernet.device.read($0)[1]) })
  }

  /// The ranks whose batches batch norm sees as one.
  private var synchronized: (any Communicator)? {
    recipe.syncBatchNorm && !ranks.isAlone ? ranks : nil
  }

  /// Adds to a supernet's gradients; each subnet's losses, one for each image.
  ///
  /// - Parameters:
  ///   - supernet: whose gradients they are.
  ///   - batch: images and labels.
  ///   - value: what a loss is multiplied by.
  ///   - subnets: the teacher first, where there is one.
  ///   - dropout: the first one's.
  ///   - ranks: whose batches batch norm sees as one.
  func addGradients(
    to supernet: Supernet, of batch: Batch, share value: Float, _ subnets: [Architecture],
    dropout: Dropout?, synchronized ranks: (any Communicator)? = nil
  ) throws -> [Tensor] {
    let device = supernet.device
    let data = batches.dataset
    let images = try device.tensor(
      batch.images, [batch.count, data.height, data.width, data.channels])
    let (loss, targets) = try targets(of: batch, on: device)
    let share = try device.empty([batch.count])
    try device.fill(share, with: value)
    var teacher: Variable?
    return try subnets.enumerated().map { index, architecture in
      let tape = Tape(recording: true)
      let logits = try supernet.logits(
        architecture, images,
        mode: .training(
          dropout: index == 0 ? dropout : nil, synchronized: ranks,
          activations: recipe.halfActivations ? .half : .float), tape: tape)
      let losses: Variable
      if let teacher {
        losses = try tape.apply(CrossEntropy(.probabilities), logits, teacher)
      } else {
        losses = try tape.apply(loss, logits, Variable(targets))
        if sampling.distils {
          teacher = Variable(try Softmax().forward([logits.value]).output)
        }
      }
      try tape.backward(from: losses, gradient: share)
      return losses.value
    }
  }

  /// What a batch's logits are held against: labels, or probabilities where its images are mixtures.
  private func targets(
    of batch: Batch, on device: any Device
  ) throws -> (loss: CrossEntropy, targets: Tensor) {
    let (classes, smoothing) = (supernet.space.classes, recipe.labelSmoothing)
    guard let mixed = batch.probabilities(classes: classes, smoothing: smoothing) else {
      return (
        CrossEntropy(.labels(smoothing: smoothing)),
        try device.tensor(batch.labels.map(Float.init), [batch.count])
      )
    }
    return (CrossEntropy(.probabilities), try device.tensor(mixed, [batch.count, classes]))
  }

  func sum(_ losses: [Tensor]) throws -> Double {
    try losses.reduce(0) { sum, part in
      try supernet.device.read(part).reduce(sum) { $0 + Double($1) }
    }
  }
}
