import Compute
import Export
import TensorFiles
import Terminal

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Everything a run's folder tells, as sections of pictures and tables.
package struct RunReport {
  let contents: RunContents
  let sections: [ReportSection]
  /// Seconds after which a browser loads the page again, where more is to come.
  private var reload: Int?

  package init(_ contents: RunContents) throws {
    self.contents = contents
    let search = SearchSection(contents: contents)
    let devices = DeviceSection(contents: contents)
    // One subnet that was trained alone is not searched.
    let isSearched = contents.configuration.architecture == nil
    sections =
      [Self.overview(contents)] + (isSearched ? [search.chosen] : [])
      + [TrainingSection(contents: contents).section]
      + (isSearched ? [search.fronts, devices.comparison, devices.predictor] : [])
      + [try DrawingSection(contents: contents).section]
      + [Self.configuration(contents), Self.reproduction(contents)]
  }

  package var html: String {
    ReportPage(
      title: "\(contents.configuration.name): a Supernet run", subtitle: Self.subtitle(contents),
      sections: sections,
      footer: "Written by supernet report, version \(SupernetCommand.configuration.version), "
        + Date.now.formatted(.iso8601) + ".",
      reload: reload
    ).html
  }

  package var pictures: [ReportPicture] {
    sections.flatMap { section in
      section.blocks.flatMap { block -> [ReportPicture] in
        if case .pictures(let pictures) = block { pictures } else { [] }
      }
    }
  }

  /// Writes the report into a run's folder.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - isUnderWay: whether more is to come; browsers then load the page again every few seconds.
  static func write(_ folder: RunFolder, isUnderWay: Bool = false) throws {
    var report = try RunReport(RunContents(of: folder.path, tables: []))
    report.reload = isUnderWay ? 5 : nil
    try AtomicFile.write(report.html, to: folder.report)
  }

  private static func subtitle(_ contents: RunContents) -> String {
    let images = contents.summary?.dataset ?? "data: \(contents.configuration.data.dataset)"
    return "Space \(contents.space.name); \(images)"
  }

  private static func overview(_ contents: RunContents) -> ReportSection {
    let recipe = contents.configuration.training
    var facts = [
      ("subnets in the space", Readable.scientific(contents.space.searchSpace.count)),
      ("epochs trained", "\(Readable.significant(contents.epochs)) of \(recipe.epochs)"),
      ("subnets judged", "\(contents.judged.count)"),
    ]
    if let best = contents.summary?.subnets.max(by: { $0.validationTop1 < $1.validationTop1 }) {
      facts.append(("test accuracy of the best", Readable.percent(best.testTop1)))
    }
    if let fastest = contents.summary?.subnets.compactMap({ $0.latencies.first?.medianSeconds })
      .min()
    {
      facts.append(("least latency chosen", Readable.milliseconds(fastest)))
    }
    if let device = contents.commands.first?.device ?? contents.summary?.trainedOn {
      facts.append(("trained on", device.name))
    }
    return ReportSection("Overview", [.facts(facts.map { (name: $0.0, value: $0.1) })])
  }

  private static func configuration(_ contents: RunContents) -> ReportSection {
    ReportSection(
      "Configuration",
      [
        .listing("config.yaml", contents.configuration.yaml),
        .listing("space.yaml", contents.space.yaml),
      ])
  }

  private static func reproduction(_ contents: RunContents) -> ReportSection {
    let (path, seed) = (contents.folder.path, contents.configuration.training.seed)
    var section = ReportSection(
      "How to reproduce",
      [
        .text(
          "The folder keeps its configuration; this does the same again beside it. On the same "
            + "device, version and seed (\(seed)) training ends with the same bits; a search "
            + "measures time, and so may choose other subnets."),
        .listing("Again", "supernet run \(path)/config.yaml --name again"),
      ])
    if contents.commands.isEmpty {
      section.blocks.append(.text("The folder does not tell which commands made it."))
    } else {
      var table = Table(["date (UTC)", "command", "version", "device", "system"])
      table.rows = contents.commands.map {
        [$0.date, $0.command, $0.version, $0.device.identifier, $0.system]
      }
      section.blocks.append(.table("What was done here", table))
    }
    let devices = contents.devices
    if !devices.isEmpty {
      var table = Table(["device", "kind", "compute units", "memory", "driver", "name"])
      table.rows = devices.map {
        [
          $0.identifier, $0.kind.rawValue, "\($0.computeUnits)",
          "\(Readable.fixed(Double($0.memoryBytes) / 1_073_741_824, 1)) GiB", $0.driver, $0.name,
        ]
      }
      section.blocks.append(.table("Devices", table))
    }
    return section
  }
}
