import Foundation
import Laws

/// The table of NAS-Bench-201, where the shared data are at hand.
enum NASBench201Table {
  /// The table, read once, or why it cannot be read.
  static let result = Result {
    try NASBench201(csv: String(contentsOf: file, encoding: .utf8), file: file.path)
  }

  /// Says whether it is there; where it is not, prints a line that says so.
  static let isAtHand: Bool = {
    let isThere = FileManager.default.fileExists(atPath: file.path)
    if !isThere { print("skipped: the tests on NAS-Bench-201 need \(file.path)") }
    return isThere
  }()

  /// `shared/data` lies beside the package; the link of a scratch package leads there too.
  private static var file: URL {
    URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("../../../shared/data")
      .appendingPathComponent("nasbench201-cifar10.csv").standardizedFileURL
  }
}
