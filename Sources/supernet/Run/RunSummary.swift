import Compute
import Export

/// What a run found: `summary.json`, and the table that ends it.
struct RunSummary: Encodable {
  struct Row: Encodable {
    var device: DeviceDescription
    /// Of one image.
    var budgetSeconds: Double
    var architecture: String
    /// Fractions, with inherited weights: nothing was retrained.
    var validationTop1: Double
    var testTop1: Double
    var latencies: [LatencyRow]
    var multiplyAdds: Int
    var parameters: Int
    var peakActivationBytes: Int
    /// The file, from the run's folder.
    var weights: String
  }

  struct LatencyRow: Encodable {
    var batch: Int
    var medianSeconds: Double
    var p10Seconds: Double
    var p90Seconds: Double

    init(_ latency: Latency) {
      batch = latency.batch
      medianSeconds = latency.median.seconds
      p10Seconds = latency.p10.seconds
      p90Seconds = latency.p90.seconds
    }
  }

  var name: String
  var dataset: String
  var space: String
  var trainedOn: DeviceDescription
  var epochs: Int
  var candidates: Int
  var subnets: [Row]

  /// For people: a block for each device.
  var text: String {
    var blocks: [String] = []
    for row in subnets where !blocks.contains(where: { $0.hasPrefix(row.device.title) }) {
      let rows = subnets.filter { $0.device == row.device }
      let batch = row.latencies.last?.batch ?? 1
      var table = Table([
        "budget", "latency", "batch \(batch)", "validation", "test", "MACs", "parameters", "peak",
        "subnet",
      ])
      for row in rows {
        table.rows.append([
          Readable.milliseconds(row.budgetSeconds),
          Readable.milliseconds(row.latencies.first?.medianSeconds ?? 0),
          Readable.milliseconds(row.latencies.last?.medianSeconds ?? 0),
          Readable.percent(row.validationTop1), Readable.percent(row.testTop1),
          Readable.count(row.multiplyAdds), Readable.count(row.parameters),
          "\(row.peakActivationBytes / 1024) KiB", row.weights,
        ])
      }
      blocks.append(row.device.title + "\n" + table.text)
    }
    return blocks.joined(separator: "\n\n")
  }
}

extension DeviceDescription {
  /// `cpu: AMD EPYC (native AVX-512, 2 threads)`.
  var title: String { "\(identifier): \(name)" }
}
