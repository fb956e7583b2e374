import Compute
import Datasets
import Search
import Supernets
import TensorFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A training whose losses are compared with those of the same networks in PyTorch.
///
/// `tools/golden` trains there what `start` tells; the losses lie in Tests/SupernetsTests/Golden.
public struct GoldenRun: Sendable, CustomStringConvertible {
  public let space: TinySpaces.Entry
  let recipe: TrainingRecipe

  public var name: String { space.name }
  public var description: String { name }

  /// Every way to draw subnets, every optimiser and every schedule, each in a space of another kind.
  public static let all = [
    GoldenRun(
      space: TinySpaces.elastic,
      recipe: recipe(.sandwich, .sgd, rate: 0.03, weightDecay: 0.01, labelSmoothing: 0.1)),
    GoldenRun(
      space: TinySpaces.chain,
      recipe: recipe(.singlePath, .rmsprop, rate: 0.005) {
        $0.schedule = .cosine
        $0.clipGrad = 0.5
      }),
    GoldenRun(
      space: TinySpaces.darts,
      recipe: recipe(.singlePath, .adam, rate: 0.003) {
        ($0.schedule, $0.decayEpochs, $0.decayRate) = (.step, 1, 0.5)
      }),
    GoldenRun(
      space: TinySpaces.nasbench201,
      recipe: recipe(.fair, .sgd, rate: 0.01, weightDecay: 0.01) {
        ($0.batchSize, $0.gradAccumSteps) = (16, 2)
      }),
  ]

  /// 200 steps of 32 images, half of them warming up: a loss then tells rounding from a mistake for
  /// some twenty steps, until either has grown a thousandfold.
  private static func recipe(
    _ sampling: SamplingRule, _ optimizer: TrainingRecipe.OptimizerName, rate: Float,
    weightDecay: Float = 1e-3, labelSmoothing: Float = 0,
    _ change: (inout TrainingRecipe) -> Void = { _ in }
  ) -> TrainingRecipe {
    var recipe = TrainingRecipe(
      epochs: 4, batchSize: 32, sampling: sampling, optimizer: optimizer, learningRate: rate,
      warmupSteps: 100, weightDecay: weightDecay, dropout: 0, labelSmoothing: labelSmoothing,
      cropPadding: 0, horizontalFlip: false)
    change(&recipe)
    return recipe
  }

  private func trainer(on device: any Device) throws -> Trainer {
    let images = BarImages.make(1600)
    return try Trainer(
      Supernet(space.space(), on: device, seed: 1), recipe: recipe, images: images,
      statistics: try PixelStatistics(of: images))
  }

  public func losses(steps: Int, on device: any Device) throws -> [[Double]] {
    let trainer = try trainer(on: device)
    return try (0..<steps).map { _ in try trainer.runStep(reportingLosses: true)?.each ?? [] }
  }

  /// All that another program needs to train the same: space, recipe, the first parameters, and of
  /// each step the images [steps,N,H,W,C], the labels [steps,N] and the subnets; sealed by a checksum.
  public func start() throws -> SafetensorsFile {
    let trainer = try trainer(on: NativeDevice(threads: 1))
    let (supernet, batches) = (trainer.supernet, trainer.batches)
    let values = try supernet.device.read(supernet.parameters)
    let parameters = supernet.layout.entries.map { entry in
      NamedTensor(
        name: "parameters.\(entry.name)", shape: Array(entry.shape),
        values: Array(values[entry.offset..<entry.offset + entry.count]))
    }
    let steps = 0..<trainer.totalSteps
    let taken = try steps.map {
      try batches.batch(epoch: $0 / batches.batchCount, index: $0 % batches.batchCount)
    }
    let data = batches.dataset
    let images = NamedTensor(
      name: "images",
      shape: [steps.count, recipe.imagesPerStep, data.height, data.width, data.channels],
      values: taken.flatMap(\.images))
    let labels = NamedTensor(
      name: "labels", shape: [steps.count, recipe.imagesPerStep], values: taken.flatMap(\.labels))
    let subnets = steps.map { step in
      trainer.subnets(of: step).map(supernet.space.searchSpace.text)
    }
    return SafetensorsFile(
      tensors: parameters + [images, labels],
      metadata: [
        "space": try json(supernet.space.configuration),
        "recipe": try json(
          Dictionary(uniqueKeysWithValues: recipe.fields.map { ($0.key, $0.value) })),
        "subnets": try json(subnets),
      ]
    ).sealed()
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
