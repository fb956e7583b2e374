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

  /// The table has full training only: a lower fidelity adds noise, the same each time, of a
  /// deviation of 2.5 points at 1/27 (a Kendall tau of 0.59 to the table).
  private func accuracy(of proposal: Proposal) -> Double {
    let accuracy = accuracy(of: proposal.architecture)
    guard proposal.fidelity < 1 else { return accuracy }
    var generator = SeededGenerator(
      seed: UInt64(Self.place(of: proposal.architecture.choices)),
      stream: Int((1 / proposal.fidelity).rounded()))
    let noise = (0..<12).reduce(-6.0) { sum, _ in sum + generator.unit() }
    return accuracy + 0.5 * (1 / proposal.fidelity - 1).squareRoot() * noise
  }

  /// The best accuracy of a strategy after each budget of queries, and the queries to the optimum.
  ///
  /// A query of low fidelity counts as that part of one.
  func search(
    with strategy: any SearchStrategy, budgets: [Int]
  ) -> (best: [Double], toOptimum: Double) {
    let goal = SearchGoal(Objective(.maximise, "accuracy"))
    let optimum = accuracies.max() ?? .nan
    var study = Study(space)
    var best = budgets.map { _ in 0.0 }
    var (queries, top) = (0.0, 0.0)
    while queries + 1e-6 < Double(budgets.max() ?? 0), top < optimum {
      let answer = strategy.proposals(for: SearchRequest(1, after: study, goal: goal))
      guard let proposal = answer.first else { break }
      let accuracy = accuracy(of: proposal)
      let number = study.append(proposal, source: "test")
      study.complete(number, metrics: ["accuracy": accuracy])
      queries += proposal.fidelity
      if proposal.fidelity == 1 { top = max(top, accuracy) }
      for (index, budget) in budgets.enumerated() where queries <= Double(budget) + 1e-6 {
        best[index] = top
      }
    }
    return (best, top == optimum ? queries : .infinity)
  }
}
