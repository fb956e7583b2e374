import Estimation
import Foundation
import Search

/// The CIFAR-10 test accuracies of NAS-Bench-201's cells, where the shared data are at hand.
enum NASBench201Table {
  private static let operations = [
    "none", "skip_connect", "avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3",
  ]

  /// `shared/data` lies beside the package.
  static let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("../../../shared/data")
    .appendingPathComponent("nasbench201-cifar10.csv").standardizedFileURL

  /// Says whether the table is there; where it is not, prints a line that says so.
  static let isAtHand: Bool = {
    let isThere = FileManager.default.fileExists(atPath: file.path)
    if !isThere { print("skipped: the estimators' tests on NAS-Bench-201 need \(file.path)") }
    return isThere
  }()

  static func space() throws -> SearchSpace {
    try SearchSpace(
      ["1-0", "2-0", "2-1", "3-0", "3-1", "3-2"].map {
        Search.Dimension("edge\($0)", options: operations)
      })
  }

  /// The table, read once, or why it cannot be read.
  static func estimator() throws -> TabularEstimator {
    try TabularEstimator(csv: String(contentsOf: file, encoding: .utf8), file: file.path) { text in
      Architecture(
        text.utf8.split(separator: UInt8(ascii: "|")).compactMap { edge in
          operations.firstIndex { edge.starts(with: $0.utf8) }
        })
    }
  }
}
