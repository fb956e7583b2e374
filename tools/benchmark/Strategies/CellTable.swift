import Estimation
import Search
import TensorFiles

/// The accuracies of all cells of NAS-Bench-201 (Dong and Yang 2020, arXiv 2001.00326), from a CSV.
struct CellTable {
  let space: SearchSpace
  let best: Double
  private let estimator: TabularEstimator

  private static let operations = [
    "none", "skip_connect", "avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3",
  ]

  init(readingFrom path: String) throws {
    let space = try SearchSpace(
      ["1-0", "2-0", "2-1", "3-0", "3-1", "3-2"].map {
        Dimension("edge\($0)", options: Self.operations)
      })
    let text = String(decoding: try FileReader.bytes(of: path), as: UTF8.self)
    estimator = try TabularEstimator(csv: text, file: path) { cell in
      // `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`: the edges of nodes 1, 2 and 3, in our order.
      let choices = cell.split(separator: "|").compactMap { edge in
        Self.operations.firstIndex { edge.hasPrefix($0) }
      }
      guard choices.count == space.dimensions.count else {
        throw SearchError("\"\(cell)\" is no cell of six edges")
      }
      return Architecture(choices)
    }
    guard Double(estimator.architectures.count) == space.count else {
      throw SearchError("\(path): not a line for each of the \(Int(space.count)) cells")
    }
    self.space = space
    best =
      try estimator.architectures.map { [estimator] architecture in
        try estimator.metrics(of: architecture, fidelity: 1, seed: 0)[TabularEstimator.top1] ?? 0
      }.max() ?? 0
  }

  /// The accuracy in percent; the table has full training only, so a lower fidelity is simulated.
  ///
  /// It adds normal noise of `0.5 * sqrt(1 / fidelity - 1)` points, always the same for the same
  /// cell and fidelity: at 1/27, 2.5 points, a Kendall tau of 0.59 to the table.
  func accuracy(of proposal: Proposal) throws -> Double {
    let metrics = try estimator.metrics(of: proposal.architecture, fidelity: 1, seed: 0)
    let accuracy = metrics[TabularEstimator.top1] ?? 0
    guard proposal.fidelity < 1 else { return accuracy }
    let cell = proposal.architecture.choices.reduce(0) { $0 * Self.operations.count + $1 }
    var generator = SeededGenerator(
      seed: UInt64(cell), stream: Int((1 / proposal.fidelity).rounded()))
    // Twelve uniform numbers have a variance of 1 together.
    let noise = (0..<12).reduce(-6.0) { sum, _ in sum + generator.unit() }
    return accuracy + 0.5 * (1 / proposal.fidelity - 1).squareRoot() * noise
  }
}
