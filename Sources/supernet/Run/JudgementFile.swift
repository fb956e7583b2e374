import Export
import Search
import TensorFiles

/// What estimators said of candidates, kept in a CSV that grows with each judgement.
final class JudgementFile {
  private static let header = "estimator,value,seconds,architecture"
  private static let preparationMark = "(preparation)"

  private let path: String?
  private let space: any NetworkSpace
  private var lines = [header]
  private var known: [String: EstimatorComparison.Judgement] = [:]

  /// Goes on from a file, or begins one; without a path nothing is kept.
  init(_ path: String?, of space: any NetworkSpace) throws {
    self.path = path
    self.space = space
    guard let path, RunFolder.exists(path) else { return }
    let rows = try FileReader.text(of: path).split(separator: "\n").map(String.init)
    guard rows.first == Self.header else {
      throw ConfigurationError("\(path):1: is no file of judgements; give another name")
    }
    for (number, row) in rows.enumerated().dropFirst() {
      let fields = row.split(separator: ",", maxSplits: 3).map(String.init)
      guard fields.count == 4, let value = Double(fields[1]), let seconds = Double(fields[2]) else {
        throw ConfigurationError("\(path):\(number + 1): not of the form \(Self.header)")
      }
      known[Self.key(fields[0], fields[3])] = .init(value: value, seconds: seconds)
      lines.append(row)
    }
  }

  private static func key(_ estimator: String, _ text: String) -> String { estimator + "," + text }

  func known(
    _ architecture: Architecture, by estimator: String
  ) -> EstimatorComparison.Judgement? {
    known[Self.key(estimator, space.text(of: architecture))]
  }

  func add(
    _ architecture: Architecture, by estimator: String, _ judgement: EstimatorComparison.Judgement
  ) throws {
    try add(estimator, space.text(of: architecture), judgement)
  }

  /// How long an estimator took before its first candidate.
  func preparation(of estimator: String) -> Double {
    known[Self.key(estimator, Self.preparationMark)]?.seconds ?? 0
  }

  func prepared(_ estimator: String, seconds: Double) throws {
    try add(estimator, Self.preparationMark, .init(value: 0, seconds: seconds))
  }

  private func add(
    _ estimator: String, _ text: String, _ judgement: EstimatorComparison.Judgement
  ) throws {
    known[Self.key(estimator, text)] = judgement
    lines.append("\(estimator),\(judgement.value),\(judgement.seconds),\(text)")
    guard let path else { return }
    try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: path)
  }
}
