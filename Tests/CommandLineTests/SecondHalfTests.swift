import Testing

/// What can be done with a run that was trained.
@Suite struct SecondHalfTests {
  @Test func searchesAgain() throws {
    let workspace = try TrainedRun.copy()
    let before = try workspace.data("runs/tiny/checkpoint.safetensors")
    let outcome = try workspace.supernet(
      "search", "runs/tiny", "--candidates", "4", "--strategy", "evolution", "--targets", "cpu",
      "--budgets-ms", "1000", "2000", "--threads", "1", "--json")
    let summary = try decode(Summary.self, outcome.output)
    #expect(summary.candidates == 4)
    #expect(summary.subnets.map(\.budgetSeconds) == [1, 2])
    #expect(try workspace.text("runs/tiny/summary.json") == outcome.output)
    #expect(try workspace.data("runs/tiny/checkpoint.safetensors") == before)
  }

  /// A run's file may ask for one subnet under limits, on the command line there may be others.
  @Test func aRunsFileMaySayLimits() throws {
    let workspace = try Workspace()
    func write(_ limits: String) throws {
      try workspace.write(
        "run.yaml",
        TinyRun.yaml(budgets: "limits: [\(limits)]").replacing("targets: [cpu]\n", with: ""))
    }
    try write("latency.opencl:99=1s")
    let refused = try workspace.supernet("run", "run.yaml", "--threads", "1")
    expectOneLine(refused, "search.limits: device \"opencl:99\"")
    #expect(!workspace.exists("runs/tiny/checkpoint.safetensors"))

    try write("latency.cpu=2s, parameters=100k")
    #expect(try workspace.supernet("run", "run.yaml", "--threads", "1").status == 0)
    let ran = try workspace.text("runs/tiny/summary.json")
    #expect(ran.contains("limits-budget1") && !ran.contains("cpu-budget1"), "\(ran)")
    let other = try workspace.supernet(
      "search", "runs/tiny", "--limit", "parameters=90k", "--threads", "1", "--json")
    #expect(other.output.contains("90000") && !other.output.contains("100000"), "\(other)")
    let kept = try workspace.supernet("search", "runs/tiny", "--threads", "1", "--json")
    #expect(kept.output.contains("limits-budget1") && kept.output.contains("100000"), "\(kept)")
    let budgets = try workspace.supernet(
      "search", "runs/tiny", "--budgets-ms", "1000", "--targets", "cpu", "--threads", "1", "--json")
    #expect(try decode(Summary.self, budgets.output).subnets.map(\.budgetSeconds) == [1])
  }

  @Test func goesOnWithItsStudy() throws {
    let workspace = try TrainedRun.copy()
    let before = try workspace.study("runs/tiny")
    let outcome = try workspace.supernet(
      "search", "runs/tiny", "--candidates", "9", "--resume", "--budgets-ms", "1000",
      "--threads", "1")
    #expect(outcome.status == 0, "\(outcome)")
    let after = try workspace.study("runs/tiny")
    #expect(after.trials.count == 9)
    #expect(after.judged.prefix(before.trials.count) == before.judged[...])
  }

  @Test(arguments: ["largest", "smallest"])
  func anExportedSubnetScoresAsInItsRun(_ architecture: String) throws {
    _ = try TrainedRun.copy().export(architecture)
  }

  @Test func timesFilesRunsAndSpaces() throws {
    let workspace = try TrainedRun.finished().workspace
    let summary = try decode(Summary.self, try workspace.text("runs/tiny/summary.json"))
    let weights = try #require(summary.subnets.first?.weights)
    for (subject, count) in [("runs/tiny/\(weights)", 2), ("runs/tiny", 4), ("space.yaml", 4)] {
      let outcome = try workspace.supernet(
        "time", subject, "--devices", "cpu", "--batch", "1", "3", "--seconds", "0.1",
        "--threads", "1", "--json")
      let rows = try decode([Timing].self, outcome.output)
      #expect(rows.count == count, "\(subject)")
      #expect(Set(rows.map(\.latency.batch)) == [1, 3])
      #expect(rows.allSatisfy { $0.latency.medianSeconds > 0 && $0.multiplyAdds > 0 })
    }
  }

  @Test func timesAListLayerByLayer() throws {
    let workspace = try TrainedRun.finished().workspace
    let common = ["--devices", "cpu", "--batch", "1", "--seconds", "0.1", "--threads", "1"]
    let sampled = try workspace.supernet(["time", "space.yaml", "--sample", "3", "--csv"] + common)
    let lines = sampled.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 4 && lines[0].hasPrefix("device,architecture,batch,median_seconds"))

    let texts = lines.dropFirst().map { String($0.split(separator: ",")[1]) }
    #expect(Set(texts).count == 3)
    let list = "time-list.txt"
    try workspace.write(list, "# three\n" + texts.joined(separator: "\n") + "\nlargest\n")
    let listed = try workspace.supernet(
      ["time", "space.yaml", "--architectures", list, "--layers", "--json"] + common)
    let rows = try decode([Timing].self, listed.output)
    #expect(rows.map(\.architecture).prefix(3) == texts[...] && rows.count == 4)
    for row in rows {
      let layers = try #require(row.layers)
      #expect(layers.reduce(0) { $0 + $1.multiplyAdds } == row.multiplyAdds)
      #expect(layers.allSatisfy { $0.medianSeconds > 0 && $0.floorSeconds > 0 })
      #expect(Set(layers.map(\.bound)).isSubset(of: ["compute", "memory", "launch"]))
    }
    try workspace.write(list, "largest\nresolution=13\n")
    expectOneLine(
      try workspace.supernet("time", "space.yaml", "--architectures", list), "\(list):2: ")
  }
}
