import Export
import Studies
import Terminal

/// What `time` tells: as a table, as lines of a file, layer by layer.
struct TimingReport {
  var rows: [TimedSubnet]

  var text: String {
    let tellsEnergy = rows.contains { $0.latency.joules != nil }
    var table = Table(
      ["batch", "median", "p10", "p90", "±", "images/s"] + (tellsEnergy ? ["energy"] : [])
        + ["MACs", "device", "architecture"])
    for row in rows {
      let latency = row.latency
      let half = (latency.highSeconds - latency.lowSeconds) / 2 / latency.medianSeconds
      table.rows.append(
        [
          "\(latency.batch)", Readable.milliseconds(latency.medianSeconds),
          Readable.milliseconds(latency.p10Seconds), Readable.milliseconds(latency.p90Seconds),
          Readable.fixed(100 * half, 1) + (latency.isTrusted ? " %" : " % !"),
          Readable.fixed(Double(latency.batch) / latency.medianSeconds, 0),
        ]
          + (tellsEnergy
            ? [latency.joules.map { Readable.significant(1e3 * $0) + " mJ" } ?? "-"] : [])
          + [Readable.count(row.multiplyAdds), row.device.title, row.architecture])
    }
    return table.text
  }

  /// For those that are told numbers of a machine that was too noisy.
  var warning: String? {
    let doubtful = rows.count { !$0.latency.isTrusted }
    guard doubtful > 0 else { return nil }
    return "Warning: the machine was too noisy to trust \(doubtful) of \(rows.count) "
      + "\(rows.count == 1 ? "latency" : "latencies") (`!`): the median's interval stayed wider than "
      + "2 %, samples lay more than 25 % apart, or other programs interrupted over 30 % of them. Let "
      + "the machine do nothing else."
  }

  var csv: String {
    let header = [
      "device", "architecture", "batch", "median_seconds", "p10_seconds", "p90_seconds",
      "low_seconds", "high_seconds", "samples", "is_trusted", "joules", "multiply_adds",
    ]
    let lines = rows.map { row in
      let latency = row.latency
      let times = [
        latency.medianSeconds, latency.p10Seconds, latency.p90Seconds, latency.lowSeconds,
        latency.highSeconds,
      ]
      return [row.device.identifier, row.architecture, "\(latency.batch)"] + times.map { "\($0)" }
        + [
          "\(latency.samples)", "\(latency.isTrusted)", latency.joules.map { "\($0)" } ?? "",
          "\(row.multiplyAdds)",
        ]
    }
    return CSV.text([header] + lines)
  }

  /// Each subnet's layers beside their floors.
  var layersText: String {
    rows.compactMap { row in row.layers.map { Self.text(of: $0, in: row) } }
      .joined(separator: "\n\n")
  }

  private static func text(of layers: [TimedLayer], in row: TimedSubnet) -> String {
    let sum = layers.reduce(0) { $0 + $1.medianSeconds }
    var table = Table([
      "layer", "operator", "output", "MACs", "time", "share", "floor", "floor/time", "bound by",
    ])
    for layer in layers {
      table.rows.append([
        layer.name, layer.kind, layer.output.map(String.init).joined(separator: "x"),
        Readable.count(layer.multiplyAdds), microseconds(layer.medianSeconds),
        Readable.fixed(100 * layer.medianSeconds / sum, 1) + " %",
        microseconds(layer.floorSeconds),
        Readable.fixed(layer.floorSeconds / layer.medianSeconds, 2), layer.bound.rawValue,
      ])
    }
    return "\(row.device.title), batch \(row.latency.batch), \(row.architecture)\n" + table.text
      + "\nTogether \(microseconds(sum)), each by itself; the network as a whole "
      + "\(microseconds(row.latency.medianSeconds))."
  }

  private static func microseconds(_ seconds: Double) -> String {
    Readable.fixed(seconds * 1e6, seconds < 1e-4 ? 2 : 1) + " µs"
  }
}
