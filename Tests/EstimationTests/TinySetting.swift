import Compute
import Datasets
import Estimation
import Laws

/// A tiny cell space and a few images, on which a training takes well under a second.
enum TinySetting {
  static func make(
    epochs: Int = 2, images: Int = 320, table: (text: String, file: String)? = nil
  ) throws -> EstimationSetting {
    let (training, test) = (BarImages.make(images), BarImages.make(128, seed: 2))
    let splits = try DatasetSplits(train: training, validation: test, test: test)
    let recipe = TrainingRecipe(
      epochs: epochs, batchSize: 32, learningRate: 0.1, warmupSteps: 4, dropout: 0)
    let device = try NativeDevice(threads: 1)
    return EstimationSetting(
      space: try TinySpaces.nasbench201.space(), recipe: recipe, supernetRecipe: recipe, seed: 1,
      device: { device }, images: { splits }, table: table)
  }
}
