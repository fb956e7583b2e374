import ArgumentParser
import Export
import TensorFiles

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Writes what a run's folder holds as one HTML file.",
    discussion: """
      Training curves, Pareto fronts, devices compared, the latency predictor, drawings, \
      configuration, how to reproduce. The file needs no network and no other file; it says which \
      command makes what is absent. Comparisons in RUN/devices and latency tables in \
      RUN/latency-*.json take part.
      """)

  @Argument(help: "A run's folder.") var folder: String
  @OptionGroup var tables: TableOptions
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write (RUN/report.html unless given).", valueName: "file"))
  var output: String?
  @Option(
    help: ArgumentHelp(
      "A folder to write each picture into, as an SVG by itself.", valueName: "folder"))
  var pictures: String?

  func run() throws {
    let contents = try RunContents(of: folder, tables: tables.latencyTables)
    let report = try RunReport(contents)
    let path = output ?? contents.folder.report
    try AtomicFile.write(report.html, to: path)
    print("Wrote \(path).")
    guard let pictures else { return }
    try RunFolder.make(pictures, option: "--pictures")
    for picture in report.pictures {
      try AtomicFile.write(picture.svg(picture.name), to: "\(pictures)/\(picture.name).svg")
    }
    print("Wrote \(report.pictures.count) pictures into \(pictures).")
  }
}
