import Compute
import Datasets
import Estimation
import Laws

/// A tiny cell space and a few drawn shapes, on which a training takes well under a second.
enum TinySetting {
  static func make(
    epochs: Int = 2, images: Int = 320, table: (text: String, file: String)? = nil
  ) throws -> EstimationSetting {
    let (training, test) = DrawnShapes(
      trainCount: images, testCount: 128, size: 16, channels: 1
    ).splits()
    let splits = DatasetSplits(train: training, validation: test, test: test)
    let recipe = TrainingRecipe(
      epochs: epochs, batchSize: 32, learningRate: 0.1, warmupSteps: 4, dropout: 0)
    let device = try NativeDevice(threads: 1)
    return EstimationSetting(
      space: try TinySpaces.nasbench201.space(), recipe: recipe, supernetRecipe: recipe, seed: 1,
      device: { device }, images: { splits }, table: table)
  }
}
