import ArgumentParser
import Compute
import ComputeOpenCL
import Export
import Search
import TensorFiles
import Terminal

struct CompareDevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-devices",
    abstract: "Times the same subnets on all devices: how alike they are, and what each likes.",
    discussion: """
      Give a run's folder, whose subnets are also judged on its validation images, or a space. \
      Sixty random subnets are compared unless others are named. Devices elsewhere take part by \
      their latency tables (`supernet time --table`). Figures (SVG) and numbers (comparison.json) \
      are written into a folder.
      """)

  @Argument(help: "A run's folder, or a space.") var subject: String
  @OptionGroup var architectures: ArchitectureOptions
  @Option(parsing: .upToNextOption, help: "Devices to compare, one or more (all unless given).")
  var devices: [String] = []
  @OptionGroup var tables: TableOptions
  @Option(help: ArgumentHelp("The batch size.", valueName: "images")) var batch = 1
  @Option(help: "The most that a subnet is timed for.") var seconds = 3.0
  @OptionGroup var compute: DeviceOptions
  @Option(help: "Where files go (RUN/devices, or device-comparison, unless given).")
  var folder: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    try check("--batch", batch, in: 1...65_536)
    try check("--seconds", seconds, in: 1e-3...3600)
  }

  func run() throws {
    let runFolder = RunFolder(path: subject)
    let isRun = RunFolder.exists(runFolder.configuration)
    let run = isRun ? try Run(reopening: runFolder, compute: compute, isQuiet: true) : nil
    let space = try run?.configuration.space ?? RunFolder.space(of: subject)
    let chosen =
      architectures.isEmpty
      ? space.randomArchitectures(60, seed: UInt64(architectures.seed))
      : try architectures.chosen(in: space)
    guard chosen.count > 1 else { throw ConfigurationError("compare-devices: give two subnets") }
    let sources = try predicted(space) + measured(space)
    guard Set(sources.map(\.device.name)).count == sources.count else {
      throw ConfigurationError("compare-devices: two of the devices and tables have one name")
    }
    let top1 = try run.map { try accuracies(chosen, in: $0) }
    let seconds = try sources.map { try $0.seconds(chosen) }
    let comparison = DeviceComparison(
      of: chosen, in: space, batch: batch, devices: sources.map(\.device),
      subnets: try chosen.indices.map { index in
        .init(
          architecture: space.text(of: chosen[index]),
          multiplyAdds: try space.cost(of: chosen[index]).multiplyAdds, top1: top1?[index],
          seconds: seconds.map { $0[index] })
      })
    try write(
      DeviceReport(comparison: comparison, spaceName: space.name),
      to: folder ?? (isRun ? "\(subject)/devices" : "device-comparison"))
  }

  private typealias Source = (
    device: DeviceComparison.Device, seconds: ([Architecture]) throws -> [Double]
  )

  private func predicted(_ space: any NetworkSpace) throws -> [Source] {
    try TableOptions.predictors(tables.latencyTables, for: space).map { table in
      let device = DeviceComparison.Device(
        name: table.name, title: table.predictor.table.origin.device.name, isPredicted: true)
      return (device, { try $0.map { try table.predictor.seconds(of: $0, batch: batch) } })
    }
  }

  private func measured(_ space: any NetworkSpace) throws -> [Source] {
    let listed = DeviceSelector.all()
    if devices.isEmpty, let problem = listed.problem, !json { print(problem) }
    return try (devices.isEmpty ? listed.devices.map(\.identifier) : devices).map { name in
      let (device, note) = try compute.open(name)
      if let note, !json { print(note) }
      let timer = LatencyTimer(
        try Supernet(space, on: device, seed: 1),
        procedure: LatencyProcedure(timeLimit: .seconds(seconds)))
      let description = device.description
      return (
        .init(name: description.identifier, title: description.name, isPredicted: false),
        { chosen in
          let progress = Progress(
            "Timing on \(description.identifier)", unit: "subnets", total: chosen.count)
          defer { progress.finish() }
          let latencies = try timer.latencies(of: chosen, batch: batch) { progress.update($0) }
          let doubtful = latencies.count { !$0.isTrusted }
          if doubtful > 0 {
            Message.warn(
              "Warning: \(description.identifier): the machine was too noisy to trust \(doubtful) of "
                + "\(latencies.count) latencies; let it do nothing else.")
          }
          return latencies.map(\.medianSeconds)
        }
      )
    }
  }

  private func accuracies(_ chosen: [Architecture], in run: Run) throws -> [Double] {
    let (estimator, images) = (try run.estimator(), run.data.splits.validation)
    let validation = try run.labelled(
      images.prefix(min(run.configuration.search.validationImages, images.count)))
    let progress = Progress("Judging", unit: "subnets", total: chosen.count)
    defer { progress.finish() }
    return try chosen.enumerated().map { index, architecture in
      progress.update(index)
      return try estimator.top1(architecture, on: validation)
    }
  }

  private func write(_ report: DeviceReport, to folder: String) throws {
    try RunFolder.make(folder)
    let numbers = try JSON.text(report.comparison)
    try AtomicFile.write(numbers, to: "\(folder)/comparison.json")
    for (name, figure) in report.figures {
      try AtomicFile.write(figure.svg, to: "\(folder)/\(name).svg")
    }
    if json { return print(numbers, terminator: "") }
    print(report.text)
    let figures = report.figures.map { "\($0.name).svg" }.joined(separator: ", ")
    print("\nIn \(folder): comparison.json\(figures.isEmpty ? "" : ", " + figures)")
  }
}
