import Laws
import Search
import Testing

struct StrategyTests {
  @Test(arguments: StrategyLaw.all)
  func everyStrategyObeys(_ law: StrategyLaw) throws {
    for entry in StrategyCatalogue.entries {
      for named in try SampleSpaces.all() {
        let violations = try law.violations(of: { entry.make(1) }, in: named.space)
        #expect(violations.isEmpty, "\(entry.name) in \(named)")
      }
    }
  }

  /// The laws are worth something only if they catch what breaks them.
  @Test func lawsCatchWhatBreaksThem() throws {
    struct Stubborn: SearchStrategy {
      func proposals(for request: SearchRequest) -> [Proposal] { [Proposal(request.space.first)] }
    }
    struct Forgetful: SearchStrategy {
      func proposals(for request: SearchRequest) -> [Proposal] {
        RandomSearch(seed: .random(in: 0 ... .max)).proposals(for: request)
      }
    }
    let space = try SampleSpaces.huge()
    let stubborn = try StrategyLaw.all.map {
      try $0.violations(of: { Stubborn() }, in: space).isEmpty
    }
    let forgetful = try StrategyLaw.all.map {
      try $0.violations(of: { Forgetful() }, in: space).isEmpty
    }
    #expect(stubborn == [false, false, false, false, false, true, false])
    #expect(forgetful == [true, false, false, true, false, true, true])
  }

  @Test func variantsObeyTheLaws() throws {
    let variants: [any SearchStrategy] = [
      RegularizedEvolution(
        seed: 3, populationSize: 1, tournamentSize: 1, mutationProbability: 0.5),
      CoarseToFine(seed: 3, remainder: .random, gridLimit: 4, parentCount: 1),
      CoarseToFine(seed: 3, groups: [], gridLimit: 0),
    ]
    for variant in variants {
      for named in try SampleSpaces.all() {
        for law in StrategyLaw.all {
          let violations = try law.violations(of: { variant }, in: named.space)
          #expect(violations.isEmpty, "\(variant) in \(named)")
        }
      }
    }
  }

  @Test func seedsDiffer() throws {
    let study = Study(try SampleSpaces.huge())
    let goal = SearchGoal(.init(.maximise, "accuracy"))
    for entry in StrategyCatalogue.entries {
      let answers = (0..<4).map {
        entry.make($0).proposals(for: SearchRequest(4, after: study, goal: goal))
      }
      #expect(Set(answers).count == 4, "\(entry.name)")
    }
  }

  @Test func namesAreUniqueAndFound() throws {
    let names = StrategyCatalogue.entries.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(try StrategyCatalogue.entry(named: "random").make(1) is RandomSearch)
    #expect(
      throws: SearchError(
        "no strategy is named \"magic\": choose one of " + names.joined(separator: ", "))
    ) {
      try StrategyCatalogue.entry(named: "magic")
    }
  }

  @Test func coarseGridComesFirst() throws {
    let space = try SampleSpaces.plain()
    let groups = [
      DimensionGroup(["resolution"], levels: 2),
      DimensionGroup(["stage1.depth", "stage2.depth"]),
    ]
    let strategy = CoarseToFine(seed: 5, groups: groups)
    let goal = SearchGoal(.init(.maximise, "accuracy"))
    let answer = strategy.proposals(for: SearchRequest(6, after: Study(space), goal: goal))
      .map(\.architecture)
    let expected = [0, 2].flatMap { resolution in
      (0..<3).map { depth in Architecture([resolution, 1, depth, depth, 2, 1]) }
    }
    #expect(answer.sorted() == expected)

    // With the grid in the history, the next one is a mutant of its best member.
    var study = Study(space)
    for (index, architecture) in answer.enumerated() {
      study.append(architecture, source: "grid")
      study.complete(index, metrics: ["accuracy": architecture == expected[4] ? 1 : 0])
    }
    let fine = CoarseToFine(seed: 5, groups: groups, parentCount: 1, mutationProbability: 0)
    let mutants = fine.proposals(for: SearchRequest(5, after: study, goal: goal))
    #expect(mutants.allSatisfy { space.distance($0.architecture, expected[4]) == 1 })
  }

  @Test func gridKeepsToItsLimit() throws {
    let space = try SampleSpaces.plain()
    let goal = SearchGoal(.init(.maximise, "accuracy"))
    let strategy = CoarseToFine(seed: 1, gridLimit: 6)
    let grid = strategy.proposals(for: SearchRequest(6, after: Study(space), goal: goal))
    #expect(grid.contains(Proposal(space.last)))
    #expect(grid.count == 6)
  }

  @Test func evolutionMutatesTheYoung() throws {
    let space = try SampleSpaces.huge()
    let goal = SearchGoal(.init(.maximise, "accuracy"))
    var study = Study(space)
    // The best trial of all is too old; of the last two the second is better.
    for (number, accuracy) in [9.0, 1, 2].enumerated() {
      study.append(Architecture(space.dimensions.map { _ in number }), source: "test")
      study.complete(number, metrics: ["accuracy": accuracy])
    }
    let strategy = RegularizedEvolution(seed: 1, populationSize: 2, tournamentSize: 20)
    let answer = strategy.proposals(for: SearchRequest(5, after: study, goal: goal))
    let young = study.trials[2].architecture
    #expect(answer.allSatisfy { space.distance($0.architecture, young) == 1 })
  }
}
