import Datasets
import Operators
import Search
import Supernets

/// How a candidate is trained and judged.
public struct TrainingPlan {
  public var space: any NetworkSpace
  public var recipe: TrainingRecipe
  public var training: ImageDataset
  public var validation: ImageDataset
  public var statistics: PixelStatistics
  /// Training images that batch norm is recalibrated on before a candidate is judged.
  public var calibrationImages: Int

  public init(
    space: any NetworkSpace, recipe: TrainingRecipe, splits: DatasetSplits,
    calibrationImages: Int = 512
  ) {
    self.space = space
    self.recipe = recipe
    training = splits.train
    validation = splits.validation
    statistics = splits.statistics
    self.calibrationImages = calibrationImages
  }

  /// What a value depends on besides seeds: the recipe, and the images by their checksums.
  var settings: [String: String] {
    var settings: [String: String] = [:]
    for (key, value) in recipe.fields where key != "seed" { settings[key] = value }
    settings["training-images"] = training.checksum
    settings["validation-images"] = validation.checksum
    settings["calibration-images"] = "\(min(calibrationImages, training.count))"
    return settings
  }

  /// Batches on a device, in order.
  func labelled(_ images: ImageDataset, on device: any Device) throws -> [LabelledImages] {
    try LabelledImages.batches(
      of: images, statistics: statistics, batchSize: 128, on: device)
  }

  func calibration(on device: any Device) throws -> [LabelledImages] {
    try labelled(training.prefix(calibrationImages), on: device)
  }
}
