import Charts
import Export
import Search
import Terminal

/// What a report tells of a run's search: chosen subnets, and the Pareto front of each device.
struct SearchSection {
  let contents: RunContents

  private var command: String { "supernet search \(contents.folder.path)" }

  var chosen: ReportSection {
    var section = ReportSection("Chosen subnets")
    guard let summary = contents.summary else {
      section.blocks = [
        .absent(
          "No subnets have been chosen yet. This searches, tests and exports them:",
          command: command)
      ]
      return section
    }
    section.blocks.append(
      .text(
        "With the weights that they share, and nothing retrained. `validation` is the accuracy on the "
          + "images that chose a subnet, `test` that on the test images, which choose nothing; "
          + "`latency` is that of one image."))
    section.blocks += summary.tables.map { .table($0.title, $0.table) }
    return section
  }

  var fronts: ReportSection {
    var section = ReportSection("Pareto fronts")
    let devices = contents.timedDevices
    guard !devices.isEmpty else {
      section.blocks = [
        .absent(
          contents.judged.isEmpty
            ? "The run has not been searched yet. This does it:"
            : "The search had no device to time single images on. This searches for one:",
          command: contents.judged.isEmpty ? command : "\(command) --targets cpu")
      ]
      return section
    }
    let search = contents.configuration.search
    section.blocks = [
      .text(
        "\(contents.judged.count) subnets judged, proposed by `\(search.strategy)`. A subnet is on the "
          + "front where none is both faster and more accurate."),
      .pictures(devices.compactMap(front)),
    ]
    return section
  }

  private func front(_ device: String) -> ReportPicture? {
    guard let study = contents.study else { return nil }
    let metric = CostMetric.latency(on: device)
    func point(_ trial: Trial) -> LineChart.Point? {
      guard let seconds = trial.metrics[metric],
        let top1 = trial.metrics[SubnetSearch.accuracyMetric]
      else { return nil }
      return .init(x: 1e3 * seconds, y: 100 * top1)
    }
    let all = contents.judged.compactMap(point)
    guard !all.isEmpty else { return nil }
    let best = SubnetSearch.front(study, device: device).trials.compactMap(point)
    let texts = Set(
      (contents.summary?.subnets ?? []).filter { $0.device.map { $0.identifier == device } ?? true }
        .map(\.architecture))
    let chosen = contents.judged.filter { texts.contains(contents.space.text(of: $0.architecture)) }
      .compactMap(point)
    let chart = LineChart(
      x: Axis("latency of one image (ms)", fitting: all.map(\.x), fromZero: true),
      y: Axis("validation top-1 (%)", fitting: all.map(\.y)),
      [
        LineChart.Series("judged subnets", all, .dot), LineChart.Series("Pareto front", best),
      ] + (chosen.isEmpty ? [] : [LineChart.Series("chosen", chosen, .diamond)]))
    return ReportPicture(
      "front-\(device.replacing(":", with: "-"))",
      Figure("Accuracy and latency: \(device)", [chart]),
      caption: (contents.devices.first { $0.identifier == device }?.name ?? device)
        + ". Accuracies are those that the search saw, on "
        + "\(contents.configuration.search.validationImages) validation images at most; the tables "
        + "have those on all.")
  }
}
