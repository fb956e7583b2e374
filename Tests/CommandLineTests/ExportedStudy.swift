import Foundation

/// What `study export --format json` prints.
struct ExportedStudy: Decodable {
  struct Trial: Decodable, Equatable {
    var number: Int
    var architecture: [Int]
    var state: String
    var metrics: [String: Double]
  }
  var trials: [Trial]

  /// The trials without their latencies, which a search that goes on measures anew.
  var judged: [Trial] {
    trials.map { trial in
      var trial = trial
      trial.metrics = trial.metrics.filter { !$0.key.hasPrefix("latency.") }
      return trial
    }
  }
}

extension Workspace {
  func study(_ path: String) throws -> ExportedStudy {
    let outcome = try supernet("study", "export", path, "--format", "json")
    // Keys as they are: a metric's name is one too.
    return try JSONDecoder().decode(ExportedStudy.self, from: Data(outcome.output.utf8))
  }
}
