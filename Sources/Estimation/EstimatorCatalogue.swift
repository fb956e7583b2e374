import Datasets
import Operators
import Search
import Supernets

/// What estimators are made from; what only some need is asked for when they are made.
public struct EstimationSetting {
  public var space: any NetworkSpace
  /// How candidates are trained: `epochs` is the full effort.
  public var recipe: TrainingRecipe
  /// How a supernet for all of them is.
  public var supernetRecipe: TrainingRecipe
  public var seed: UInt64
  public var device: () throws -> any Device
  public var images: () throws -> DatasetSplits
  /// A table's text and the name of its file, where there is one.
  public var table: (text: String, file: String)?
  /// Candidates that predictors learn from.
  public var examples = 64
  /// How the paths begin at which estimators keep what comes before the first candidate.
  public var keep: String?
  public var monitor = WorkMonitor()

  public init(
    space: any NetworkSpace, recipe: TrainingRecipe, supernetRecipe: TrainingRecipe, seed: UInt64,
    device: @escaping () throws -> any Device, images: @escaping () throws -> DatasetSplits,
    table: (text: String, file: String)? = nil
  ) {
    self.space = space
    self.recipe = recipe
    self.supernetRecipe = supernetRecipe
    self.seed = seed
    self.device = device
    self.images = images
    self.table = table
  }

  func plan(_ recipe: TrainingRecipe) throws -> TrainingPlan {
    TrainingPlan(space: space, recipe: recipe, splits: try images())
  }

  /// What predictors learn from: the table, or else full training, which is kept.
  func reference() throws -> any Estimator {
    guard table == nil else { return try EstimatorCatalogue.tabular.make(self) }
    let entry = EstimatorCatalogue.fullTraining
    let training = try entry.make(self)
    guard let keep else { return training }
    return RecordedEstimator(
      training, named: entry.name, of: space, in: "\(keep)-examples.sqlite", seed: seed,
      monitor: monitor)
  }
}

/// Every estimator by name: a new one is its file and a line here.
public enum EstimatorCatalogue {
  public static let entries: [EstimatorEntry] =
    [fullTraining, tabular, learningCurve, oneShot] + lowFidelities + zeroCosts + predictors

  public static let fullTraining = EstimatorEntry(
    "full-training", "trains each candidate alone: the reference"
  ) { try FullTrainingEstimator($0.plan($0.recipe), on: $0.device(), monitor: $0.monitor) }

  public static let tabular = EstimatorEntry(
    "tabular", "looks candidates up in a table (CSV: architecture, metrics)"
  ) { setting in
    guard let table = setting.table else {
      throw ConfigurationError("estimator tabular: give the table to look candidates up in")
    }
    return try TabularEstimator(csv: table.text, file: table.file, of: setting.space)
  }

  static let learningCurve = EstimatorEntry(
    "learning-curve", "full training, stopped where its curve will not beat the best so far"
  ) { try LearningCurveEstimator($0.plan($0.recipe), on: $0.device(), monitor: $0.monitor) }

  static let oneShot = EstimatorEntry(
    "one-shot", "weights inherited from one supernet, trained first"
  ) { setting in
    try OneShotEstimator(
      setting.plan(setting.supernetRecipe), on: setting.device(), seed: setting.seed,
      checkpoint: setting.keep.map { "\($0)-supernet.safetensors" }, monitor: setting.monitor)
  }

  static let lowFidelities = Fidelity.all.map { fidelity in
    EstimatorEntry(fidelity.name, "full training with \(fidelity.summary)") {
      try FullTrainingEstimator(
        $0.plan($0.recipe), on: $0.device(), fidelity: fidelity, part: fidelity.part,
        monitor: $0.monitor)
    }
  }

  static let zeroCosts = ZeroCostCatalogue.entries.map { entry in
    EstimatorEntry(entry.name, "untrained: \(entry.summary)") {
      try ZeroCostEstimator(entry.score, try $0.plan($0.recipe), on: try $0.device())
    }
  }

  static let predictors = RegressionCatalogue.entries.map { entry in
    EstimatorEntry(
      entry.name, "a predictor that learns from a table or full training: \(entry.summary)"
    ) {
      PredictorEstimator(
        entry.make($0.seed), of: try $0.reference(), in: $0.space.searchSpace,
        examples: $0.examples, seed: $0.seed)
    }
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
