import Charts
import Export
import Terminal

/// A comparison of devices as tables and as figures.
struct DeviceReport {
  let comparison: DeviceComparison
  let spaceName: String

  private var devices: [DeviceComparison.Device] { comparison.devices }
  private var hasAccuracy: Bool { comparison.subnets.contains { $0.top1 != nil } }

  var text: String {
    let devices = devices.map {
      $0.isPredicted ? "\($0.name): a table of \($0.title)" : "\($0.name): \($0.title)"
    }
    return ([devices.joined(separator: "\n")] + tables.map { "\($0.title):\n\($0.table.text)" })
      .joined(separator: "\n\n")
  }

  /// Those that have rows, each with a sentence on what it tells.
  var tables: [(title: String, table: Table)] {
    [correlations, effects, best].filter { !$0.table.rows.isEmpty }
  }

  private var correlations: (title: String, table: Table) {
    var table = Table(["devices", "Kendall's tau", "Spearman's rho"])
    for pair in comparison.correlations {
      table.rows.append([
        "\(pair.one), \(pair.other)", Readable.fixed(pair.kendallTau, 3),
        Readable.fixed(pair.spearman, 3),
      ])
    }
    return (
      "How alike they rank \(comparison.subnets.count) subnets, batch \(comparison.batch)", table
    )
  }

  /// Kinds of choice, or else dimensions: what most divides the devices first.
  private var effects: (title: String, table: Table) {
    let kinds = comparison.effects.filter(\.isKind)
    let inKinds = Set(kinds.map(\.dimension))
    let shown =
      kinds
      + comparison.effects.filter { effect in
        !effect.isKind && !inKinds.contains { effect.dimension.hasSuffix(".\($0)") }
      }
    var table = Table(
      ["choice"] + devices.map(\.name)
        + (devices.count > 1 ? devices.map { "\($0.name) likes" } : [])
    )
    for effect in shown {
      table.rows.append(
        ["\(effect.dimension) \(effect.option)"] + effect.change.map(Self.signed)
          + (devices.count > 1 ? effect.againstAverage.map { Self.signed(-$0) } : []))
    }
    let last =
      devices.count > 1
      ? "; `likes`: how much less it costs here than on the devices' average" : ""
    return (
      "What a choice adds to the latency, against its dimension's average\(last)", table
    )
  }

  private static func signed(_ part: Double) -> String {
    (part < 0 ? "" : "+") + Readable.fixed(100 * part, 1) + " %"
  }

  private var best: (title: String, table: Table) {
    var table = Table(
      ["budget", "best for", "latency", hasAccuracy ? "validation" : "MACs"]
        + devices.map { "on \($0.name)" } + ["subnet"])
    for best in comparison.best {
      let elsewhere = devices.map { device in
        best.elsewhere.first { $0.device == device.name }.map {
          Self.signed($0.seconds / $0.budgetSeconds - 1)
        } ?? Self.signed(best.seconds / best.budgetSeconds - 1)
      }
      table.rows.append(
        [
          Readable.milliseconds(best.budgetSeconds), best.device,
          Readable.milliseconds(best.seconds),
          best.subnet.top1.map(Readable.percent) ?? Readable.count(best.subnet.multiplyAdds),
        ] + elsewhere + [best.subnet.architecture])
    }
    let worth = hasAccuracy ? "most accurate" : "largest"
    return (
      "The \(worth) subnet of each device within its budget, that a quarter, half or three "
        + "quarters of the subnets keep to there; and how far it is from each device's budget",
      table
    )
  }

  /// File names and figures: each pair's latencies, and each device's accuracy against latency.
  var figures: [(name: String, figure: Figure)] {
    guard hasAccuracy else { return pairs }
    return pairs + devices.indices.map { ("accuracy-\(fileName($0))", accuracy($0)) }
  }

  /// Each pair of devices.
  var pairs: [(name: String, figure: Figure)] {
    devices.indices.flatMap { other in
      (0..<other).map { one in
        ("latency-\(fileName(one))-\(fileName(other))", scatter(one, other))
      }
    }
  }

  private func fileName(_ device: Int) -> String {
    devices[device].name.replacing(":", with: "-")
  }

  private func scatter(_ one: Int, _ other: Int) -> Figure {
    let correlation = comparison.correlations.first {
      $0.one == devices[one].name && $0.other == devices[other].name
    }
    let tau = correlation.map { ", Kendall's tau \(Readable.fixed($0.kendallTau, 2))" } ?? ""
    return Figure(
      "\(spaceName): latency of a batch of \(comparison.batch)",
      [
        LineChart(
          x: axis(one), y: axis(other),
          [
            LineChart.Series(
              "\(comparison.subnets.count) subnets\(tau)",
              comparison.subnets.map {
                .init(x: 1e3 * $0.seconds[one], y: 1e3 * $0.seconds[other])
              }, .dot)
          ])
      ])
  }

  private func accuracy(_ device: Int) -> Figure {
    let points = comparison.subnets.compactMap { subnet in
      subnet.top1.map { LineChart.Point(x: 1e3 * subnet.seconds[device], y: 100 * $0) }
    }
    var front: [LineChart.Point] = []
    for point in points.sorted(by: { ($0.x, $1.y) < ($1.x, $0.y) })
    where point.y > front.last?.y ?? -1 { front.append(point) }
    let (low, high) = (points.map(\.y).min() ?? 0, points.map(\.y).max() ?? 1)
    let margin = 0.05 * (high - low)
    return Figure(
      "\(spaceName) on \(devices[device].name)",
      [
        LineChart(
          x: axis(device), y: Axis("validation top-1 (%)", over: low - margin...high + margin),
          [
            LineChart.Series("subnets", points, .dot),
            LineChart.Series("best of each latency", front),
          ])
      ])
  }

  private func axis(_ device: Int) -> Axis {
    let most = comparison.subnets.map { 1e3 * $0.seconds[device] }.max() ?? 1
    return Axis("\(devices[device].name) (ms)", over: 0...1.05 * most)
  }
}
