import Foundation
import Testing

/// One `supernet run` that many tests look at, and copies of it for those that change it.
enum TrainedRun {
  private static let shared = Result {
    let workspace = try Workspace()
    let outcome = try workspace.supernet("run", "run.yaml", "--threads", "1")
    guard outcome.status == 0 else { throw Failure(outcome: outcome) }
    paths.append(workspace.folder.path)
    // The tests' process holds the workspace for good, so nothing else removes it.
    atexit { TrainedRun.paths.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    return Finished(workspace: workspace, outcome: outcome)
  }

  // Written once, by the one initialiser above, and read at exit.
  private nonisolated(unsafe) static var paths: [String] = []

  /// Only read after it was made.
  struct Finished: @unchecked Sendable {
    let workspace: Workspace
    let outcome: Outcome
  }

  private struct Failure: Error { let outcome: Outcome }

  /// To be looked at only.
  static func finished() throws -> Finished { try shared.get() }

  /// A workspace of one's own, with `runs/tiny` in it.
  static func copy() throws -> Workspace {
    let copy = try Workspace()
    try FileManager.default.copyItem(
      at: try finished().workspace.url("runs"), to: copy.url("runs"))
    return copy
  }
}

extension Workspace {
  /// Hands a subnet of `runs/tiny` over as `x.safetensors`, and fails unless it scores there as in
  /// its run; answers with the score.
  func export(_ architecture: String) throws -> Evaluation {
    let exported = try supernet(
      "export", "runs/tiny", "--architecture", architecture, "-o", "x.safetensors")
    #expect(exported.status == 0, "\(exported)")
    let inRun = try supernet("evaluate", "runs/tiny", "--architecture", architecture, "--json")
    let inFile = try supernet(
      "evaluate", "x.safetensors", "--dataset", "idx", "--data", "images", "--device", "cpu",
      "--json")
    let run = try decode(Evaluation.self, inRun.output)
    let file = try decode(Evaluation.self, inFile.output)
    #expect(run.architecture == file.architecture)
    #expect(run.correct == file.correct && run.images == file.images)
    return file
  }
}

/// What `summary.json` holds.
struct Summary: Decodable {
  struct Row: Decodable {
    struct Device: Decodable { var identifier: String }
    struct Latency: Decodable {
      var batch: Int
      var medianSeconds: Double
      var p10Seconds: Double
      var p90Seconds: Double
    }

    var device: Device
    var budgetSeconds: Double
    var architecture: String
    var validationTop1: Double
    var testTop1: Double
    var latencies: [Latency]
    var multiplyAdds: Int
    var parameters: Int
    var peakActivationBytes: Int
    var weights: String
  }

  var name: String
  var dataset: String
  var space: String
  var epochs: Int
  var candidates: Int
  var subnets: [Row]
}

/// What `evaluate --json` prints.
struct Evaluation: Decodable {
  var architecture: String
  var dataset: String
  var images: Int
  var correct: Int
  var top1: Double
}

/// What `time --json` prints, a row each.
struct Timing: Decodable {
  var architecture: String
  var multiplyAdds: Int
  var latency: Summary.Row.Latency
  var layers: [Layer]?

  struct Layer: Decodable {
    var multiplyAdds: Int
    var medianSeconds: Double
    var floorSeconds: Double
    var bound: String
  }
}

func decode<Value: Decodable>(_ type: Value.Type = Value.self, _ text: String) throws -> Value {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(Value.self, from: Data(text.utf8))
}
