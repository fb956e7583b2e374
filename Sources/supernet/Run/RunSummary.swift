import Compute
import Export
import Terminal

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
    var latencies: [Latency]
    var multiplyAdds: Int
    var parameters: Int
    var peakActivationBytes: Int
    /// The file, from the run's folder.
    var weights: String
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
      let batch = rows.compactMap { $0.latencies.dropFirst().first?.batch }.first ?? 1
      var table = Table([
        "budget", "latency", "batch \(batch)", "validation", "test", "MACs", "parameters", "peak",
        "subnet",
      ])
      for row in rows {
        table.rows.append([
          Readable.milliseconds(row.budgetSeconds),
          Readable.milliseconds(row.latencies.first?.medianSeconds ?? 0),
          row.latencies.dropFirst().first.map { Readable.milliseconds($0.medianSeconds) } ?? "-",
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
