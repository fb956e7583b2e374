import Foundation
import Testing

@Suite struct RunTests {
  @Test func leavesEveryFileOfItsFolder() throws {
    let workspace = try TrainedRun.finished().workspace
    let files = workspace.files(below: "runs/tiny")
    for name in [
      "config.yaml", "space.yaml", "log.txt", "checkpoint.safetensors", "study.sqlite", "front.csv",
      "summary.json", "training.csv", "commands.jsonl", "report.html",
    ] {
      #expect(files.contains(name), "\(name)")
    }
    #expect(files.contains { $0.hasPrefix("events/events.out.tfevents.") })
    #expect(!files.contains { $0.hasSuffix(".tmp") })
    let front = try workspace.text("runs/tiny/front.csv").split(separator: "\n")
    #expect(
      front.first
        == "device,latency_seconds,validation_top1,multiply_adds,parameters,architecture")
    #expect(front.count > 1)
    let log = try workspace.text("runs/tiny/log.txt")
    for part in ["Using idx from", "Training tiny", "Epoch 1 of 1", "Judged 6 subnets", "Done in"] {
      #expect(log.contains(part), "\(part)")
    }
  }

  @Test func itsSummaryHoldsTogether() throws {
    let workspace = try TrainedRun.finished().workspace
    let summary = try decode(Summary.self, try workspace.text("runs/tiny/summary.json"))
    #expect(summary.name == "tiny" && summary.space == "tiny" && summary.epochs == 1)
    #expect(summary.candidates == 6)
    #expect(summary.dataset == "idx, 150 of 200 images of 28x28x1")
    #expect(summary.subnets.count == 2)
    for row in summary.subnets {
      #expect(row.device.identifier == "cpu")
      #expect((0...1).contains(row.validationTop1) && (0...1).contains(row.testTop1))
      #expect(row.latencies.map(\.batch) == [1, 4])
      for latency in row.latencies {
        #expect(latency.p10Seconds > 0)
        #expect(latency.p10Seconds <= latency.medianSeconds)
        #expect(latency.medianSeconds <= latency.p90Seconds)
      }
      #expect(row.latencies.first.map { $0.medianSeconds <= row.budgetSeconds } ?? false)
      #expect(row.multiplyAdds > 0 && row.parameters > 0 && row.peakActivationBytes > 0)
      #expect(workspace.exists("runs/tiny/" + row.weights))
      #expect(
        workspace.exists("runs/tiny/" + row.weights.replacing(".safetensors", with: ".json")))
    }
    #expect(summary.subnets.map(\.budgetSeconds) == [1, 2])
  }

  @Test func exportedSubnetsScoreWhatTheSummarySays() throws {
    let workspace = try TrainedRun.finished().workspace
    let summary = try decode(Summary.self, try workspace.text("runs/tiny/summary.json"))
    for row in summary.subnets {
      let outcome = try workspace.supernet(
        "evaluate", "runs/tiny/\(row.weights)", "--dataset", "idx", "--data", "images",
        "--device", "cpu", "--json")
      let evaluation = try decode(Evaluation.self, outcome.output)
      #expect(evaluation.top1 == row.testTop1)
      #expect(evaluation.images == 60 && evaluation.dataset == "idx")
      #expect(Double(evaluation.correct) / 60 == row.testTop1)
      #expect(evaluation.architecture == row.architecture)
    }
  }

  @Test func theTableEndsTheOutput() throws {
    let outcome = try TrainedRun.finished().outcome
    #expect(outcome.errors.isEmpty, "no progress where there is no terminal")
    for part in ["budget", "latency", "validation", "test", "MACs", "parameters", "Done in"] {
      #expect(outcome.output.contains(part), "\(part)")
    }
  }

  @Test func budgetsThatNobodyGaveRiseFromTheSmallestLatency() throws {
    let workspace = try Workspace()
    try workspace.write("run.yaml", TinyRun.yaml(budgets: "budgets: 3"))
    let outcome = try workspace.supernet("run", "run.yaml", "--threads", "1")
    #expect(outcome.status == 0, "\(outcome)")
    let summary = try decode(Summary.self, try workspace.text("runs/tiny/summary.json"))
    let budgets = summary.subnets.map(\.budgetSeconds)
    #expect(budgets.count <= 3 && budgets == budgets.sorted())
    let accuracies = summary.subnets.map(\.validationTop1)
    #expect(accuracies == accuracies.sorted(), "a larger budget gave up more: \(accuracies)")
  }

  @Test func asJSONNothingElseIsPrinted() throws {
    let workspace = try Workspace()
    let outcome = try workspace.supernet("run", "run.yaml", "--threads", "1", "--json")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output == (try workspace.text("runs/tiny/summary.json")))
  }
}
