import Estimation
import Search
import Studies

/// The CIFAR-10 test accuracies of all cells of NAS-Bench-201 (Dong and Yang 2020, arXiv 2001.00326),
/// to judge strategies by.
public struct NASBench201: Sendable {
  public let space: SearchSpace
  /// In percent, in the lexicographic order of the space.
  public let accuracies: [Double]
  /// The best of them.
  public let best: Double

  /// Reads a CSV of `architecture,accuracy`; throws what is wrong with it by file and line.
  public init(csv text: String, file: String) throws {
    let cells = try SpaceCatalogue.space("nasbench201")
    let table = try TabularEstimator(csv: text, file: file, of: cells)
    space = cells.searchSpace
    guard Double(table.architectures.count) == space.count else {
      throw SearchError("\(file): not a line for each of the \(Int(space.count)) cells")
    }
    accuracies = try table.architectures.map {
      try table.metrics(of: $0, fidelity: 1, seed: 0)[TabularEstimator.top1] ?? 0
    }
    best = accuracies.max() ?? 0
  }

  private func place(of cell: Architecture) -> Int {
    zip(cell.choices, space.dimensions).reduce(0) { $0 * $1.1.options.count + $1.0 }
  }

  /// The accuracy in percent; the table has full training only, so a lower fidelity is simulated.
  ///
  /// It adds normal noise of `0.5 * sqrt(1 / fidelity - 1)` points, always the same for the same
  /// cell and fidelity: at 1/27, 2.5 points, a Kendall tau of 0.59 to the table.
  public func accuracy(of proposal: Proposal) -> Double {
    let place = place(of: proposal.architecture)
    let accuracy = accuracies[place]
    guard proposal.fidelity < 1 else { return accuracy }
    var generator = SeededGenerator(
      seed: UInt64(place), stream: Int((1 / proposal.fidelity).rounded()))
    // Twelve uniform numbers have a variance of 1 together.
    let noise = (0..<12).reduce(-6.0) { sum, _ in sum + generator.unit() }
    return accuracy + 0.5 * (1 / proposal.fidelity - 1).squareRoot() * noise
  }

  /// What a strategy finds with a budget of evaluations; it ends where it has found the best.
  ///
  /// Its seconds are those since its start.
  public func curve(of strategy: any SearchStrategy, budget: Int) -> BestCurve {
    let metric = "accuracy"
    let goal = SearchGoal(Objective(.maximise, metric))
    let start = ContinuousClock.now
    var study = Study(space)
    var steps: [BestCurve.Step] = []
    var top: Double?
    while study.spent < Double(budget), top ?? 0 < best {
      let request = SearchRequest(1, after: study, goal: goal)
      guard let proposal = strategy.proposals(for: request).first else { break }
      let accuracy = accuracy(of: proposal)
      study.complete(study.append(proposal, source: "table"), metrics: [metric: accuracy])
      if proposal.fidelity == 1 { top = max(top ?? 0, accuracy) }
      steps.append(
        .init(spent: study.spent, seconds: (ContinuousClock.now - start).seconds, best: top))
    }
    return BestCurve(steps)
  }
}
