import Datasets
import Operators
import Search
import Supernets

/// What estimators are made from; what only some need is asked for when they are made.
public struct EstimationSetting {
  public var space: any NetworkSpace
  /// How candidates are trained: `epochs` is the full effort.
  public var recipe: TrainingRecipe
  public var seed: UInt64
  public var device: () throws -> any Device
  public var images: () throws -> DatasetSplits
  /// A table's text and the name of its file, where there is one.
  public var table: (text: String, file: String)?

  public init(
    space: any NetworkSpace, recipe: TrainingRecipe, seed: UInt64,
    device: @escaping () throws -> any Device, images: @escaping () throws -> DatasetSplits,
    table: (text: String, file: String)? = nil
  ) {
    self.space = space
    self.recipe = recipe
    self.seed = seed
    self.device = device
    self.images = images
    self.table = table
  }
}

/// Every estimator by name: a new one is its file and a line here.
public enum EstimatorCatalogue {
  public static let entries: [EstimatorEntry] =
    [
      .init("tabular", "looks candidates up in a table (--table FILE.csv)") {
        try tabular($0)
      }
    ]
    + RegressionCatalogue.entries.map { entry in
      .init(
        entry.name, "a predictor, \(entry.summary); learns from a table or from full training"
      ) { setting in
        PredictorEstimator(
          entry.make(setting.seed), of: try reference(setting), in: setting.space.searchSpace,
          seed: setting.seed)
      }
    }

  private static func tabular(_ setting: EstimationSetting) throws -> TabularEstimator {
    guard let table = setting.table else {
      throw ConfigurationError("estimator tabular: give the table to look candidates up in")
    }
    return try TabularEstimator(
      csv: table.text, file: table.file, of: setting.space)
  }

  /// What predictors learn from.
  private static func reference(_ setting: EstimationSetting) throws -> any Estimator {
    try tabular(setting)
  }

  /// The entry of that name, or a `ConfigurationError` that lists the names there are.
  public static func entry(named name: String) throws -> EstimatorEntry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw ConfigurationError(
        "no estimator is named \"\(name)\": choose one of "
          + entries.map(\.name).joined(separator: ", "))
    }
    return entry
  }
}

/// One line of the catalogue: what an estimator is called, what it does, how it is made.
public struct EstimatorEntry: Sendable {
  public let name: String
  /// One line for the command line's help.
  public let summary: String
  public let make: @Sendable (EstimationSetting) throws -> any Estimator

  public init(
    _ name: String, _ summary: String,
    make: @escaping @Sendable (EstimationSetting) throws -> any Estimator
  ) {
    self.name = name
    self.summary = summary
    self.make = make
  }
}
