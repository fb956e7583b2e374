/// The trials so far, in order, with an index by architecture: all that a strategy sees of a study.
///
/// It is a value that shares its storage, so handing it to a strategy copies nothing.
public struct History: Sendable, Equatable {
  public private(set) var trials: [Trial] = []
  private var numbers: [Architecture: [Int]] = [:]
  private var architectureCounts: [Double: Int] = [:]
  /// What the settled beginning digests to, after none of its trials, after one, and so on.
  private var digests = [0]

  /// How many trials are not evaluated yet.
  public private(set) var pendingCount = 0
  private var effort = Effort()

  public init() {}

  public var count: Int { trials.count }

  /// The evaluations that were made or begun, in full ones: one of lower fidelity is its part of one.
  public var spent: Double { effort.evaluations }

  /// The number of trials before the first pending one: these never change again.
  public var settledCount: Int { digests.count - 1 }

  /// A hash of the first so many settled trials, the same for equal ones while a program runs.
  func digest(ofFirst count: Int) -> Int { digests[count] }

  /// The number of different architectures among the trials.
  public var architectureCount: Int { numbers.count }

  /// The number of different architectures that were proposed at this fidelity.
  public func architectureCount(atFidelity fidelity: Double) -> Int {
    architectureCounts[fidelity] ?? 0
  }

  /// Says whether an architecture was ever proposed, at any fidelity, whatever became of it.
  public func contains(_ architecture: Architecture) -> Bool {
    numbers[architecture] != nil
  }

  /// Says whether an architecture was ever proposed at just this fidelity.
  public func contains(_ proposal: Proposal) -> Bool {
    numbers[proposal.architecture]?.contains { trials[$0].fidelity == proposal.fidelity } ?? false
  }

  /// The trials of one architecture, oldest first.
  public func trials(of architecture: Architecture) -> [Trial] {
    (numbers[architecture] ?? []).map { trials[$0] }
  }

  mutating func append(_ trial: Trial) {
    precondition(trial.number == trials.count, "trial \(trial.number) after \(trials.count) trials")
    if !contains(Proposal(trial.architecture, fidelity: trial.fidelity)) {
      architectureCounts[trial.fidelity, default: 0] += 1
    }
    numbers[trial.architecture, default: []].append(trial.number)
    trials.append(trial)
    effort.add(trial.fidelity)
    if trial.state == .pending { pendingCount += 1 }
    settle()
  }

  /// Changes a pending trial's outcome in place; its architecture and fidelity cannot change.
  mutating func update(_ number: Int, _ change: (inout Trial) -> Void) {
    precondition(trials.indices.contains(number), "no trial \(number) among \(trials.count)")
    let wasPending = trials[number].state == .pending
    change(&trials[number])
    if wasPending, trials[number].state != .pending { pendingCount -= 1 }
    settle()
  }

  private mutating func settle() {
    while settledCount < trials.count, trials[settledCount].state != .pending {
      var hasher = Hasher()
      hasher.combine(digests[settledCount])
      hasher.combine(trials[settledCount])
      digests.append(hasher.finalize())
    }
  }
}
