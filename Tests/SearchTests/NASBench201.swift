import Foundation
import Search

/// The CIFAR-10 test accuracy of all 15,625 cells (Dong and Yang 2020, arXiv 2001.00326).
struct NASBench201: Sendable {
  let space: SearchSpace
  /// Accuracy in percent, in the lexicographic order of the space.
  let accuracies: [Double]

  /// The table, read once, or why it cannot be read.
  static let table = Result {
    try NASBench201(csv: String(contentsOf: file, encoding: .utf8))
  }

  /// Says whether the shared data are there; where they are not, prints a line that says so.
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

  private static let operations = [
    "none", "skip_connect", "avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3",
  ]

  init(csv: String) throws {
    space = try SearchSpace(
      ["1-0", "2-0", "2-1", "3-0", "3-1", "3-2"].map {
        Search.Dimension("edge\($0)", options: Self.operations)
      })
    var accuracies = [Double](repeating: .nan, count: Int(space.count))
    for line in csv.utf8.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let columns = line.split(separator: UInt8(ascii: ","))
      guard columns.count == 2, let accuracy = Double(String(columns[1]) ?? "") else {
        throw SearchError("no cell and accuracy: \(String(line) ?? "")")
      }
      // `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`: the edges of nodes 1, 2 and 3, in our order.
      let choices = columns[0].split(separator: UInt8(ascii: "|")).compactMap { edge in
        Self.operations.firstIndex { edge.starts(with: $0.utf8) }
      }
      accuracies[Self.place(of: choices)] = accuracy
    }
    self.accuracies = accuracies
  }

  private static func place(of choices: [Int]) -> Int {
    choices.reduce(0) { $0 * operations.count + $1 }
  }

  func accuracy(of architecture: Architecture) -> Double {
    accuracies[Self.place(of: architecture.choices)]
  }

  /// The best accuracy among the first so many trials of a strategy, for each budget.
  func bestAccuracy(of strategy: any SearchStrategy, after budgets: [Int]) -> [Double] {
    let goal = SearchGoal(Objective(.maximise, "accuracy"))
    var study = Study(space)
    while study.trials.count < budgets.max() ?? 0 {
      let answer = strategy.proposals(for: SearchRequest(1, after: study, goal: goal))
      guard let proposal = answer.first else { break }
      let number = study.append(proposal, source: "test")
      study.complete(number, metrics: ["accuracy": accuracy(of: proposal.architecture)])
    }
    return budgets.map { budget in
      study.trials.prefix(budget).compactMap { $0.metrics["accuracy"] }.max() ?? .nan
    }
  }
}
