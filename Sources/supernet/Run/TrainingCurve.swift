import Export
import TensorFiles

/// How a run's training went: a row for some of its steps, in `training.csv`.
///
/// Rows are added in whole, before the checkpoint that follows them; who resumes at a step drops what
/// lies behind it. So the rows of a training that was stopped are those of one that was not.
struct TrainingCurve {
  enum Column: String, CaseIterable {
    case step, epoch
    case learningRate = "learning_rate"
    case imagesPerSecond = "images_per_second"
    /// Mean losses of the step's largest, random and smallest subnets.
    case lossLargest = "loss_largest"
    case lossRandom = "loss_random"
    case lossSmallest = "loss_smallest"
    /// After an epoch, on a part of the validation images.
    case top1Largest = "top1_largest"
    case top1Random1 = "top1_random1"
    case top1Random2 = "top1_random2"
    case top1Random3 = "top1_random3"
    case top1Smallest = "top1_smallest"
  }

  typealias Row = [Column: Double]

  var rows: [Row] = []

  static let header = Column.allCases.map(\.rawValue).joined(separator: ",") + "\n"

  init() {}

  /// Reads a file's rows up to the first that is not whole.
  init(readingFrom path: String) throws {
    var lines = try FileReader.text(of: path).split(
      separator: "\n", omittingEmptySubsequences: false)
    // What follows the last line break is torn, or empty.
    if !lines.isEmpty { lines.removeLast() }
    guard lines.first.map({ String($0) + "\n" }) == Self.header else {
      throw ConfigurationError("\(path): not the training curve of a run; remove it")
    }
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == Column.allCases.count else { return }
      var row: Row = [:]
      for (column, field) in zip(Column.allCases, fields) where !field.isEmpty {
        guard let value = Double(field), value.isFinite else { return }
        row[column] = value
      }
      guard let step = row[.step], (0...9e15).contains(step), row[.epoch] != nil else { return }
      rows.append(row)
    }
  }

  /// Rows of steps up to this one.
  func prefix(through step: Int) -> TrainingCurve {
    var curve = TrainingCurve()
    curve.rows = rows.filter { $0[.step, default: 0] <= Double(step) }
    return curve
  }

  static func line(_ row: Row) -> String {
    Column.allCases.map { column in
      row[column].map { column == .step ? "\(Int($0))" : "\($0)" } ?? ""
    }.joined(separator: ",") + "\n"
  }

  var csv: String { Self.header + rows.map(Self.line).joined() }

  /// Whether no better accuracy, the mean of the subnets', has come for as long as the recipe has
  /// patience.
  func isExhausted(_ recipe: TrainingRecipe) -> Bool {
    guard let patience = recipe.earlyStoppingPatience else { return false }
    let accuracies: [Column] = [
      .top1Largest, .top1Random1, .top1Random2, .top1Random3, .top1Smallest,
    ]
    let scores = rows.compactMap { row in
      let values = accuracies.compactMap { row[$0] }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    return EarlyStopping(patience: patience).ends(after: scores)
  }

  /// A column against epochs, where it was measured.
  func points(_ column: Column) -> [(epoch: Double, value: Double)] {
    rows.compactMap { row in
      row[column].flatMap { value in row[.epoch].map { ($0, value) } }
    }
  }
}
