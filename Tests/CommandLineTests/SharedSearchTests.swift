import Foundation
import Testing

/// Processes that share a study and are killed at any moment: nothing lost, nothing counted twice.
@Suite struct SharedSearchTests {
  private func start(
    _ workspace: Workspace, seed: Int, strategy: String = "random"
  ) throws -> Job {
    try workspace.start([
      "search", "cells.yaml", "--table", "table.csv", "--study", "s.sqlite", "--resume",
      "--candidates", "700", "--strategy", strategy, "--seed", "\(seed)",
    ])
  }

  private func trialCount(_ workspace: Workspace) throws -> Int {
    let exported = try workspace.supernet("study", "export", "s.sqlite")
    // Before the study is begun there is none.
    return exported.status == 0 ? exported.output.split(separator: "\n").count - 1 : 0
  }

  private func expectWhole(_ workspace: Workspace) throws {
    let trials = try workspace.study("s.sqlite").trials
    #expect(trials.count == 700 && trials.map(\.number) == Array(0..<700))
    #expect(trials.allSatisfy { $0.state == "complete" && $0.metrics["accuracy"] != nil })
    #expect(Set(trials.map(\.architecture)).count == 700)
    #expect(workspace.files(below: ".").filter { $0.hasPrefix("s.sqlite") } == ["s.sqlite"])
  }

  @Test func fourProcessesAtOnce() throws {
    let workspace = try Workspace.ofCells()
    for job in try (1...4).map({ try start(workspace, seed: $0) }) {
      let outcome = try job.wait()
      #expect(outcome.status == 0, "\(outcome)")
    }
    try expectWhole(workspace)
  }

  @Test func killedProcesses() throws {
    let workspace = try Workspace.ofCells()
    var last = 0
    for round in 0..<4 {
      // Slow enough to be caught at work.
      let jobs = try (1...2).map {
        try start(workspace, seed: 2 * round + $0, strategy: "bayesian")
      }
      while jobs.contains(where: \.process.isRunning), try trialCount(workspace) < last + 12 {}
      for job in jobs {
        job.kill()
        #expect(try job.wait().isSignal, "killed at work")
      }
      // What was told is there, and only what one process was at may be pending.
      let trials = try workspace.study("s.sqlite").trials
      #expect(trials.count >= last + 12 && trials.count { $0.state == "pending" } <= 2)
      #expect(trials.map(\.number) == Array(0..<trials.count))
      last = trials.count
    }
    #expect(last < 700)
    let outcome = try start(workspace, seed: 99).wait()
    #expect(outcome.status == 0, "\(outcome)")
    try expectWhole(workspace)
  }

  /// Ctrl-C ends a search after the candidate it is at, and says how to go on.
  @Test func ctrlC() throws {
    let workspace = try Workspace.ofCells()
    let job = try start(workspace, seed: 1, strategy: "bayesian")
    while job.process.isRunning, try trialCount(workspace) < 10 {}
    job.process.interrupt()
    let outcome = try job.wait()
    #expect(outcome.status == 130)
    expectOneLine(outcome, "interrupted; the same command with --resume goes on")
    let trials = try workspace.study("s.sqlite").trials
    #expect((10..<700).contains(trials.count))
    // The one it had claimed when it was told is given back.
    #expect(trials.dropLast().allSatisfy { $0.state == "complete" })
    #expect(!workspace.exists("s.sqlite-workers"))
  }

  @Test func aFullDiskIsToldAndTheStudyGoesOn() throws {
    guard Namespace.isAvailable else {
      return print("skipped: full disks, for want of root or `unshare -m`")
    }
    let workspace = try Workspace.ofCells()
    let outcome = try Namespace.run(
      """
      mkdir disk
      mount -t tmpfs -o size=160k none disk
      status=0
      "$1" search cells.yaml --table table.csv --study disk/s.sqlite --candidates 700 \
        --strategy random || status=$?
      cp disk/s.sqlite* .
      exit $status
      """, in: workspace)
    expectOneLine(outcome, "No space left on device")
    #expect(try start(workspace, seed: 1).wait().status == 0)
    try expectWhole(workspace)
  }
}
