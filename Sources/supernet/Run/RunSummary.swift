import Compute
import Export
import Terminal

/// What a run found: `summary.json`, and the table that ends it.
struct RunSummary: Codable {
  struct Row: Codable {
    /// What it was chosen for: a device and its latency of one image, or else limits.
    var device: DeviceDescription?
    var budgetSeconds: Double?
    var limits: [Limit]?
    var architecture: String
    /// Fractions, with inherited weights: nothing was retrained.
    var validationTop1: Double
    var testTop1: Double
    /// Of the validation images: how much less than the most accurate subnet that was judged.
    var accuracyGivenUp: Double?
    var latencies: [Latency] = []
    var multiplyAdds: Int
    var parameters: Int
    var peakActivationBytes: Int
    /// The file, from the run's folder.
    var weights: String
  }

  /// A limit that a subnet was chosen under, and what it has when measured once more.
  struct Limit: Codable {
    var metric: String
    var limit: Double
    var isLeast: Bool
    var value: Double
  }

  var name: String
  var dataset: String
  var space: String
  var trainedOn: DeviceDescription
  var epochs: Int
  var candidates: Int
  var subnets: [Row]

  /// For people: a table for each device, then those of the subnets chosen under limits.
  var tables: [(title: String, table: Table)] {
    var devices: [DeviceDescription] = []
    for case let device? in subnets.map(\.device) where !devices.contains(device) {
      devices.append(device)
    }
    return devices.map { ($0.title, table(of: $0)) }
      + subnets.filter { $0.limits != nil }.flatMap(Self.tables)
  }

  var text: String {
    tables.map { "\($0.title)\n\($0.table.text)" }.joined(separator: "\n\n")
  }

  private func table(of device: DeviceDescription) -> Table {
    let rows = subnets.filter { $0.device == device }
    let batch = rows.compactMap { $0.latencies.dropFirst().first?.batch }.first ?? 1
    var table = Table(["budget", "latency", "batch \(batch)"] + Self.columns)
    for row in rows {
      table.rows.append(
        [
          row.budgetSeconds.map(Readable.milliseconds) ?? "-",
          Readable.milliseconds(row.latencies.first?.medianSeconds ?? 0),
          row.latencies.dropFirst().first.map { Readable.milliseconds($0.medianSeconds) } ?? "-",
        ] + Self.cells(of: row))
    }
    return table
  }

  private static func tables(of row: Row) -> [(title: String, table: Table)] {
    var limits = Table(["metric", "limit", "measured once more"])
    for limit in row.limits ?? [] {
      limits.rows.append([
        limit.metric,
        "\(limit.isLeast ? "at least" : "at most") \(Readable.value(limit.limit, of: limit.metric))",
        Readable.value(limit.value, of: limit.metric),
      ])
    }
    var table = Table(columns)
    table.rows.append(cells(of: row))
    return (limits.rows.isEmpty ? [] : [("Under all limits at once:", limits)])
      + [("Chosen:", table)]
  }

  private static let columns = [
    "validation", "given up", "test", "MACs", "parameters", "peak", "subnet",
  ]

  private static func cells(of row: Row) -> [String] {
    [
      Readable.percent(row.validationTop1), row.accuracyGivenUp.map(Readable.percent) ?? "-",
      Readable.percent(row.testTop1), Readable.count(row.multiplyAdds),
      Readable.count(row.parameters), "\(row.peakActivationBytes / 1024) KiB", row.weights,
    ]
  }
}

extension DeviceDescription {
  /// `cpu: AMD EPYC (native AVX-512, 2 threads)`.
  var title: String { "\(identifier): \(name)" }
}
