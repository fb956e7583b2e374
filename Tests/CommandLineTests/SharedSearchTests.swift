import Foundation
import Testing

/// Processes that share a study and are killed at any moment: nothing lost, nothing counted twice.
@Suite struct SharedSearchTests {
  private func start(_ workspace: Workspace, seed: Int) throws -> Job {
    try workspace.start([
      "search", "cells.yaml", "--table", "table.csv", "--study", "s.sqlite", "--resume",
      "--candidates", "700", "--strategy", "random", "--seed", "\(seed)",
    ])
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
    var (kills, last) = (0, 0)
    for round in 0..<6 {
      let jobs = try (1...2).map { try start(workspace, seed: 2 * round + $0) }
      Thread.sleep(forTimeInterval: .random(in: 0.03..<0.2))
      for job in jobs {
        job.kill()
        if try job.wait().isSignal { kills += 1 }
      }
      // What was told is there, and only what one process was at may be pending.
      let shown = try workspace.supernet("study", "show", "s.sqlite")
      guard shown.status == 0 else {
        #expect(last == 0, "\(shown)")
        #expect(["cannot read", "is empty"].contains { shown.errors.contains($0) }, "\(shown)")
        continue
      }
      let trials = try workspace.study("s.sqlite").trials
      #expect(trials.count >= last && trials.count { $0.state == "pending" } <= 2)
      #expect(trials.map(\.number) == Array(0..<trials.count))
      last = trials.count
    }
    print("searches were killed \(kills) times, the last time with \(last) of 700 trials")
    let outcome = try start(workspace, seed: 99).wait()
    #expect(outcome.status == 0, "\(outcome)")
    try expectWhole(workspace)
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
