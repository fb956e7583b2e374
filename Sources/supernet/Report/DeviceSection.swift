import Charts
import Export
import Search
import Terminal

/// What a report tells of devices: how alike they rank subnets, and how well tables foretell them.
struct DeviceSection {
  let contents: RunContents

  private var path: String { contents.folder.path }

  var comparison: ReportSection {
    var section = ReportSection("Devices compared")
    let command = "supernet compare-devices \(path)"
    let fromStudy = contents.comparison == nil
    guard let comparison = contents.comparison ?? studied else {
      section.blocks = [
        .absent(
          "No subnets have been timed on two devices. This compares them:", command: command)
      ]
      return section
    }
    let report = DeviceReport(comparison: comparison, spaceName: contents.space.name)
    if fromStudy {
      section.blocks.append(
        .absent(
          "These are the subnets that the search timed, which it chose; random ones, timed by a "
            + "stricter procedure, come with:", command: command))
    }
    section.blocks.append(
      .pictures(
        report.pairs.map {
          .init(
            $0.name, $0.figure,
            caption: "Each dot is a subnet. Where they lie on one rising line, both devices rank "
              + "subnets alike.")
        }))
    section.blocks += report.tables.map { .table($0.title, $0.table) }
    return section
  }

  /// The search's own subnets, where two devices timed them.
  private var studied: DeviceComparison? {
    let names = contents.timedDevices
    let rows = contents.judged.compactMap { trial -> (Trial, [Double])? in
      let seconds = names.compactMap { trial.metrics[CostMetric.latency(on: $0)] }
        .filter { $0 > 0 && $0.isFinite }
      return seconds.count == names.count ? (trial, seconds) : nil
    }
    guard names.count > 1, rows.count > 1 else { return nil }
    let titles = contents.devices
    return DeviceComparison(
      of: rows.map(\.0.architecture), in: contents.space, batch: 1,
      devices: names.map { name in
        .init(
          name: name, title: titles.first { $0.identifier == name }?.name ?? name,
          isPredicted: false)
      },
      subnets: rows.map { trial, seconds in
        .init(
          architecture: contents.space.text(of: trial.architecture),
          multiplyAdds: Int(exactly: trial.metrics[CostMetric.multiplyAdds] ?? 0) ?? 0,
          top1: trial.metrics[SubnetSearch.accuracyMetric], seconds: seconds)
      })
  }

  var predictor: ReportSection {
    var section = ReportSection("Latency predictor")
    let pictures = contents.tables.compactMap { scatter($0.name, $0.table) }
    guard !pictures.isEmpty else {
      section.blocks = [
        .absent(
          "No latency table with held-out subnets is in the folder. This measures one, for the "
            + "native CPU:",
          command: "supernet time \(path) --table \(path)/latency-cpu.json --devices cpu")
      ]
      return section
    }
    section.blocks = [
      .text(
        "A latency table holds the time of every layer; the predictor corrects their sum for what "
          + "comes of running them together. Shown are subnets that it never saw."),
      .pictures(pictures),
    ]
    return section
  }

  private func scatter(_ name: String, _ table: LatencyTable) -> ReportPicture? {
    let points = table.heldOut.compactMap { subnet in
      subnet.predictedSeconds.map {
        LineChart.Point(x: 1e3 * subnet.seconds, y: 1e3 * $0)
      }
    }
    guard !points.isEmpty else { return nil }
    let both = points.flatMap { [$0.x, $0.y] }
    let axis = Axis("", fitting: both)
    let (low, high) = (axis.range.lowerBound, axis.range.upperBound)
    let chart = LineChart(
      x: Axis("measured latency (ms)", over: axis.range),
      y: Axis("predicted latency (ms)", over: axis.range),
      [
        LineChart.Series("subnets never seen", points, .dot),
        LineChart.Series("equal", [.init(x: low, y: low), .init(x: high, y: high)], .reference),
        LineChart.Series(
          "10 % off", [.init(x: low, y: 1.1 * low), .init(x: high, y: 1.1 * high)], .line),
        LineChart.Series(
          "-10 % off", [.init(x: low, y: 0.9 * low), .init(x: high, y: 0.9 * high)], .line),
      ])
    let accuracy = table.accuracy.map {
      " Within 5 %: \(Readable.percent($0.within5Percent)); within 10 %: "
        + "\(Readable.percent($0.within10Percent)); Kendall's tau "
        + "\(Readable.fixed($0.kendallTau, 3))."
    }
    return ReportPicture(
      "predictor-\(name)", Figure("Predictor of \(name), batch \(table.origin.batch)", [chart]),
      caption: "\(table.origin.device.name), \(table.origin.device.driver), measured "
        + "\(table.date).\(accuracy ?? "")")
  }
}
