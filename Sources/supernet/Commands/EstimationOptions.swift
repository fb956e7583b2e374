import ArgumentParser
import Compute
import Datasets
import Export
import TensorFiles

/// What candidates are judged by, and with which images.
struct EstimationOptions: ParsableArguments {
  @Option(
    help: """
      How candidates are judged: \
      \(EstimatorCatalogue.entries.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")).
      """)
  var estimator: String?
  @Option(help: "A table of architectures and metrics (CSV).") var table: String?
  @Option(help: "The data set: auto (Fashion-MNIST, else drawn shapes) or a name.")
  var dataset = "auto"
  @Option(help: "Where the data set's files are.") var data: String?
  @Option(help: "Epochs of a candidate's training.") var epochs = 6
  @Option(help: "The seed of everything that is drawn.") var seed = 1
  @OptionGroup var compute: DeviceOptions

  func validate() throws {
    guard seed >= 0 else { throw ValidationError("--seed \(seed): give 0 or more") }
  }

  /// A table is there to be looked up.
  var defaultEstimator: String { table == nil ? "full-training" : "tabular" }

  func setting(
    for space: any NetworkSpace, device: @escaping () throws -> any Device
  ) throws -> EstimationSetting {
    var recipe = TrainingRecipe()
    recipe.epochs = epochs
    let images = Once {
      try RunData(RunConfiguration.Data(dataset: dataset, folder: data), for: space).splits
    }
    return EstimationSetting(
      space: space, recipe: recipe, seed: UInt64(seed), device: device, images: images.value,
      table: try table.map { (try FileReader.text(of: $0), $0) })
  }

  /// The names in a table's first line.
  func tableColumns(_ setting: EstimationSetting) -> [String] {
    guard let line = setting.table?.text.prefix(while: { !$0.isNewline }) else { return [] }
    return line.split(separator: ",").map(String.init)
  }
}

/// Something made when it is first asked for.
final class Once<Value> {
  private let make: () throws -> Value
  private(set) var made: Value?

  init(_ make: @escaping () throws -> Value) { self.make = make }

  func value() throws -> Value {
    if let made { return made }
    let value = try make()
    made = value
    return value
  }
}
