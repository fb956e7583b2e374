import Search
internal import Studies
import Supernets
import TensorFiles

/// Looks an architecture up in a table: a CSV whose first column is an architecture's text and
/// whose others are metrics.
///
/// Where no metric is named `top1`, the first is also called that, in the table's own units.
public final class TabularEstimator: Estimator {
  private let names: [String]
  private let rows: [Architecture: [Double]]
  private let file: String
  private let checksum: String

  /// Reads a table; a `ConfigurationError` names the file, the line and what is wrong with it.
  ///
  /// - Parameters:
  ///   - text: the table.
  ///   - file: its name, for messages.
  ///   - architecture: reads an architecture's text, throwing what is wrong with it.
  public init(
    csv text: String, file: String, reading architecture: (String) throws -> Architecture
  ) throws {
    var lines = text.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    var number = 1
    func error(_ problem: String) -> ConfigurationError {
      ConfigurationError("\(file):\(number): \(problem)")
    }
    let header = lines.popFirst().map(CSV.fields(of:)) ?? []
    guard header.count > 1 else {
      throw error("a table's first line names its columns: architecture,accuracy")
    }
    guard Set(header).count == header.count else { throw error("two columns have one name") }
    var rows: [Architecture: [Double]] = [:]
    rows.reserveCapacity(lines.count)
    for line in lines {
      number += 1
      let fields = CSV.fields(of: line)
      if fields == [""] { continue }
      guard fields.count == header.count else {
        throw error("\(fields.count) columns where the first line names \(header.count)")
      }
      let values = try zip(fields, header).dropFirst().map { field, name in
        guard let value = Double(field), !value.isNaN else {
          throw error("\(name) is \"\(field)\", which is no number")
        }
        return value
      }
      let key: Architecture
      do { key = try architecture(fields[0]) } catch let problem as SearchError {
        throw error(problem.message)
      }
      guard rows.updateValue(values, forKey: key) == nil else {
        throw error("\(fields[0]) has a line already; keep one")
      }
    }
    guard !rows.isEmpty else { throw error("the table has no line but its first") }
    names = Array(header.dropFirst())
    self.rows = rows
    self.file = file
    var sum = Checksum()
    sum.combine(text)
    checksum = sum.text
  }

  /// The table of a space's architectures, as the space writes them.
  public convenience init(csv text: String, file: String, of space: SearchSpace) throws {
    try self.init(csv: text, file: file) { space.canonical(try space.architecture(text: $0)) }
  }

  /// The table of a network space's architectures, as the literature or the space writes them.
  public convenience init(csv text: String, file: String, of space: any NetworkSpace) throws {
    try self.init(csv: text, file: file) {
      space.searchSpace.canonical(try space.architecture(text: $0))
    }
  }

  public var metrics: [String] { [Self.top1] + names.filter { $0 != Self.top1 } }
  public var settings: [String: String] { ["table": checksum] }

  /// The part of the table's architectures whose `top1` is below a value.
  public func partBelow(_ top1: Double) -> Double {
    let count = sorted.partitionPoint { $0 >= top1 }
    return Double(count) / Double(sorted.count)
  }

  private lazy var sorted: [Double] = {
    let column = names.firstIndex(of: Self.top1) ?? 0
    return rows.values.map { $0[column] }.sorted()
  }()

  /// The architectures that have a line, in order.
  public var architectures: [Architecture] { rows.keys.sorted() }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    guard let values = rows[architecture] else {
      throw EstimationError("\(file) has no line for this architecture")
    }
    var metrics = [Self.top1: values[0]]
    for (name, value) in zip(names, values) { metrics[name] = value }
    return metrics
  }
}
