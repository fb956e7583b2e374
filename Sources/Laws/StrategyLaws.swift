import Search

/// What every strategy must satisfy in every space, returned as violations.
public struct StrategyLaw: Sendable, CustomStringConvertible {
  public let name: String
  private let check: @Sendable (() -> any SearchStrategy, SearchSpace) throws -> [String]

  public var description: String { name }

  /// What is wrong with a strategy in a space.
  ///
  /// - Parameters:
  ///   - make: makes the strategy anew, the same each time.
  ///   - space: to try it in.
  public func violations(
    of make: () -> any SearchStrategy, in space: SearchSpace
  ) throws -> [String] {
    try withoutActuallyEscaping(make) { try check($0, space) }
  }

  public static let all: [StrategyLaw] = [
    .init(name: "proposes new, canonical, admitted members") { newMembersOnly($0(), $1) },
    .init(name: "repeats itself from the same history") { repeatsItself($0, $1) },
    .init(name: "resumes from its file as if it had not stopped") { try resumes($0, $1) },
    .init(name: "looks past pending and failed trials") { heedsPendingTrials($0(), $1) },
    .init(name: "answers to the history alone, in whatever order it came about") {
      hasNoMemory($0, $1)
    },
    .init(name: "finds every architecture of a small space, then stops") { exhausts($0(), $1) },
    .init(name: "gives up where nothing is admitted") { givesUp($0(), $1) },
  ]
}

private let goal = SearchGoal(
  .init(.maximise, "accuracy"), under: [.init("cost", atMost: 40)])
private let otherGoal = SearchGoal([.init(.minimise, "cost"), .init(.maximise, "accuracy")])

/// Proposes, evaluates and records `batch` at a time until a study has `count` trials.
///
/// Every seventh trial fails. Returns what is wrong with an answer.
private func run(
  _ strategy: any SearchStrategy, _ study: inout Study, to count: Int, batch: Int = 1,
  admits: (Architecture) -> Bool = { _ in true }
) -> [String] {
  var violations: [String] = []
  while study.trials.count < count {
    let answer = withoutActuallyEscaping(admits) { admits in
      strategy.proposals(for: SearchRequest(batch, after: study, goal: goal, admits: admits))
    }
    violations += faults(of: answer, by: strategy, to: batch, after: study, admits: admits)
    guard !answer.isEmpty, violations.isEmpty else { break }
    for proposal in answer {
      let number = study.append(proposal, source: "law", seed: UInt64(study.trials.count))
      end(number, in: &study)
    }
  }
  return violations
}

private func end(_ number: Int, in study: inout Study) {
  if number % 7 == 6 {
    study.fail(number, reason: "the seventh")
  } else {
    let architecture = study.trials[number].architecture
    study.complete(number, metrics: study.space.sampleMetrics(architecture))
  }
}

private func faults(
  of answer: [Proposal], by strategy: any SearchStrategy, to count: Int, after study: Study,
  admits: (Architecture) -> Bool
) -> [String] {
  var faults: [String] = []
  if answer.count > count { faults.append("\(answer.count) proposals where \(count) were asked") }
  if Set(answer).count < answer.count { faults.append("one proposal twice in \(answer)") }
  for proposal in answer {
    let architecture = proposal.architecture
    if !study.space.contains(architecture) { faults.append("\(architecture) is not canonical") }
    if study.history.contains(proposal) { faults.append("\(proposal) was tried before") }
    if !admits(architecture) { faults.append("\(architecture) is not admitted") }
    if proposal.fidelity < 1, !strategy.usesFidelities {
      faults.append("\(proposal) is of a part of the effort, which it does not say it uses")
    }
  }
  return faults
}

private func newMembersOnly(_ strategy: any SearchStrategy, _ space: SearchSpace) -> [String] {
  var violations: [String] = []
  for batch in [1, 8] {
    var free = Study(space)
    violations += run(strategy, &free, to: 60, batch: batch)
    var limited = Study(space)
    violations += run(strategy, &limited, to: 60, batch: batch) { $0.choices.reduce(0, +) % 2 == 0 }
  }
  return violations
}

/// A strategy that has seen other histories and goals, against one that has seen nothing.
private func repeatsItself(
  _ make: () -> any SearchStrategy, _ space: SearchSpace
) -> [String] {
  let strategy = make()
  var study = Study(space)
  var violations: [String] = []
  var earlier: [Study] = []
  for count in [0, 5, 20, 50] {
    violations += run(strategy, &study, to: count)
    earlier.append(study)
  }
  for study in earlier.reversed() {
    for goal in [goal, otherGoal] {
      let request = SearchRequest(4, after: study, goal: goal)
      let answer = strategy.proposals(for: request)
      if answer != make().proposals(for: request) || answer != strategy.proposals(for: request) {
        violations.append("two answers to one history of \(study.trials.count) trials")
      }
    }
  }
  return violations
}

private func resumes(
  _ make: () -> any SearchStrategy, _ space: SearchSpace
) throws -> [String] {
  var straight = Study(space)
  var stopped = Study(space)
  let strategy = make()
  var violations = run(strategy, &straight, to: 30) + run(strategy, &stopped, to: 15)
  var resumed = try Study(json: stopped.json())
  violations += run(make(), &resumed, to: 30)
  if resumed != straight { violations.append("stopping after 15 trials changed the study") }
  return violations
}

private func heedsPendingTrials(_ strategy: any SearchStrategy, _ space: SearchSpace) -> [String] {
  var study = Study(space)
  var violations = run(strategy, &study, to: 20)
  for _ in 0..<20 {
    let answer = strategy.proposals(for: SearchRequest(1, after: study, goal: goal))
    violations += faults(of: answer, by: strategy, to: 1, after: study) { _ in true }
    guard let proposal = answer.first, violations.isEmpty else { break }
    study.append(proposal, source: "law")
  }
  let known = Double(study.history.architectureCount)
  if study.trials.count < 40, known < space.count {
    violations.append("nothing proposed beside \(study.pendingTrials.count) pending trials")
  }
  return violations
}

/// Four at a time, the youngest done first: between any two answers pending trials are settled.
private func hasNoMemory(_ make: () -> any SearchStrategy, _ space: SearchSpace) -> [String] {
  let strategy = make()
  var study = Study(space)
  var violations = run(strategy, &study, to: 8)
  for _ in 0..<6 {
    for proposal in strategy.proposals(for: SearchRequest(4, after: study, goal: goal)) {
      study.append(proposal, source: "law")
    }
    for trial in study.pendingTrials.reversed() {
      let request = SearchRequest(1, after: study, goal: goal)
      if strategy.proposals(for: request) != make().proposals(for: request) {
        violations.append("an answer depends on more than \(study.trials.count) trials")
      }
      end(trial.number, in: &study)
    }
  }
  return violations
}

private func exhausts(_ strategy: any SearchStrategy, _ space: SearchSpace) -> [String] {
  guard space.count <= 1000 else { return [] }
  var study = Study(space)
  var violations = run(strategy, &study, to: 2000, batch: 50)
  let found = study.history.architectureCount(atFidelity: 1)
  if Double(found) != space.count {
    violations.append("\(found) of \(space.count) were found")
  }
  // The rarest case: one architecture is left, and it is refused or not.
  var single = Study(space)
  violations += run(strategy, &single, to: 10) { $0 == space.last }
  if Set(single.trials.map(\.architecture)) != [space.last] {
    violations.append("the only admitted architecture was not found")
  }
  return violations
}

private func givesUp(_ strategy: any SearchStrategy, _ space: SearchSpace) -> [String] {
  let nothing = SearchRequest(3, after: Study(space), goal: goal) { _ in false }
  let none = SearchRequest(0, after: Study(space), goal: goal)
  return [nothing, none].flatMap(strategy.proposals(for:)).map { "\($0) was not asked for" }
}
