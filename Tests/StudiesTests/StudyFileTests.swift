import Search
import Studies
import Testing

/// What one process writes, it and others read.
struct StudyFileTests {
  @Test func readsBack() throws {
    let place = try TemporaryStudy()
    let file = try place.open()
    let outcomes: [[String: Double]?] = [
      ["accuracy": 0.1, "latency": 1.0 / 3], nil, ["accuracy": .nan, "loss": .infinity],
      ["a": -0.0],
    ]
    for (number, metrics) in outcomes.enumerated() {
      let trial = try #require(try file.claimOne([0, 0, number % 3, number / 3, 0, 0]))
      #expect(trial.number == number && trial.state == .pending && trial.seed == .max)
      if let metrics {
        try file.complete(trial, metrics: metrics, duration: .nanoseconds(1_234_567_891))
      } else {
        try file.fail(trial, reason: "out of \"memory\"", duration: .seconds(2))
      }
    }
    _ = try file.claimOne([2, 0, 0, 0, 0, 0], fidelity: 1 / 3.0)

    let back = try StudyFile(readingFrom: place.path)
    #expect(back.header == (try TemporaryStudy.header()))
    // NaN is not equal to itself.
    #expect(back.study.trials[2].metrics["accuracy"]?.isNaN == true)
    #expect(try back.study.json() == file.study.json())
    #expect(back.study.trials[1].state == .failed(reason: "out of \"memory\""))
    #expect(back.study.trials[0].duration == .nanoseconds(1_234_567_891))
    #expect(back.study.trials[4].fidelity == 1 / 3.0)
    #expect(back.study.trials[4].state == .pending)
  }

  @Test func whatIsThereIsNotClaimedAgain() throws {
    let place = try TemporaryStudy()
    defer { withExtendedLifetime(place) {} }
    let file = try place.open()
    let twice = [Proposal([0, 1, 0, 0, 0, 0]), Proposal([0, 1, 0, 0, 0, 0])]
    #expect(try file.claim(twice, source: "test")?.count == 1)
    #expect(try file.claim(twice, source: "test")?.count == 0)
    #expect(try file.claimOne([0, 1, 0, 0, 0, 0], fidelity: 0.5)?.number == 1)
    #expect(file.study.spent == 1.5)
  }

  @Test func aNewMeasurementReplacesTheOld() throws {
    let place = try TemporaryStudy()
    let (file, other) = (try place.open(), try place.open())
    let trial = try #require(try file.claimOne([0, 0, 0, 0, 0, 0]))
    try file.complete(trial, metrics: ["accuracy": 1, "latency": 2], duration: .zero)
    try other.refresh()
    try file.remeasure([0: ["latency": 3]])
    try other.refresh()
    for file in [file, other] {
      #expect(file.study.trials.map(\.metrics) == [["accuracy": 1, "latency": 3]])
    }
  }

  @Test func whatIsNotInTheSpaceIsNotClaimed() throws {
    let place = try TemporaryStudy()
    do {
      let file = try place.open()
      let proposals = [Proposal([0, 1, 0, 0, 0, 0]), Proposal([9, 0, 0, 0, 0, 0])]
      let error = #expect(throws: SearchError.self) { try file.claim(proposals, source: "own") }
      #expect(error?.message.hasPrefix("strategy own: proposes [9,0,0,0,0,0]") == true)
    }
    #expect(try place.open().study.trials.isEmpty)
  }

  @Test func whatIsOpenIsNotRemoved() throws {
    let place = try TemporaryStudy()
    let file = try place.open()
    #expect(throws: (any Error).self) { try StudyFile.remove(place.path) }
    #expect(try file.claimOne([0, 0, 0, 0, 0, 0])?.number == 0)
  }

  @Test func theFileIsAloneWhenAllHaveLeft() throws {
    let place = try TemporaryStudy()
    do {
      let file = try place.open()
      let trial = try #require(try file.claimOne([0, 0, 0, 0, 0, 0]))
      try file.complete(trial, metrics: [:], duration: .zero)
      #expect(StudyFile.isInUse(place.path))
      #expect(throws: (any Error).self) { try StudyFile.remove(place.path) }
    }
    #expect(place.names == ["study.sqlite"])
    try StudyFile.remove(place.path)
    #expect(place.names == [])
  }
}
