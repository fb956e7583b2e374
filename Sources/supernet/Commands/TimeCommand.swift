import ArgumentParser
import Compute
import ComputeOpenCL
import Export
import Search
import Terminal

struct TimeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "time", abstract: "Measures subnets' latency on one or all devices.",
    discussion: """
      Give an exported subnet (.safetensors), a run's folder, or a space (its weights do not \
      matter for time); of a space its largest and smallest subnet are timed unless others are \
      named. All subnets are warmed up, then timed by turns, so that they share the \
      machine's noise, until the 95 % confidence interval of each one's median is at most 2 % wide. \
      A latency whose interval stayed wider, whose slowest and fastest tenth of samples lie more \
      than 25 % apart, or of whose samples other programs interrupted more than 30 % is marked \
      with `!` and warned of.

      With --table, a space's layers and some whole subnets are measured instead, on one device, \
      into a file that foretells any subnet's latency there: `supernet search --latency-table`, on \
      any machine. It is saved as it grows, and the same command goes on with it.
      """)

  @Argument(help: "A .safetensors file, a run's folder, or a space.") var subject: String
  @OptionGroup var architectures: ArchitectureOptions
  @Option(parsing: .upToNextOption, help: "Devices, one or more (all unless given).")
  var devices: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Batch sizes, one or more (1 and 16 unless given; 1 of a table).", valueName: "images"))
  var batch: [Int] = []
  @Option(
    help: ArgumentHelp(
      "Threads of the native CPU device (all processors unless given).", valueName: "count"))
  var threads: Int?
  @Flag(help: "Do not use what `supernet tune` found.") var noTuning = false
  @Option(help: "The most that a subnet is timed for, at each batch size.")
  var seconds = 3.0
  @Flag(help: "Also each layer by itself, beside what the device's ceilings allow.")
  var layers = false
  @Option(
    help: ArgumentHelp(
      "A latency table to measure, or to go on with, on the one device that is named.",
      valueName: "file"))
  var table: String?
  @Option(
    help: ArgumentHelp("Of a table: the most that is spent on measuring.", valueName: "seconds"))
  var budget = 600.0
  @Option(
    help: ArgumentHelp("Of a table: subnets that its predictor is judged by.", valueName: "count"))
  var heldOut = 200
  @Flag(help: "Print JSON.") var json = false
  @Flag(help: "Print CSV.") var csv = false

  func validate() throws {
    guard batch.allSatisfy({ (1...65_536).contains($0) }) else {
      throw ValidationError("--batch: give numbers from 1 to 65536")
    }
    try check("--seconds", seconds, in: 1e-3...3600)
    try check("--budget", budget, in: 1e-3...1e6)
    try check("--held-out", heldOut, in: 0...100_000)
    guard !(json && csv) else { throw ValidationError("--json, --csv: give one of them") }
    guard !(layers && csv) else { throw ValidationError("--layers: has no CSV; give --json") }
    guard table == nil || (devices.count == 1 && batch.count < 2) else {
      throw ValidationError("--table: name one device (--devices cpu) and at most one batch size")
    }
    guard table == nil || (architectures.isEmpty && !layers && !csv) else {
      throw ValidationError("--table: is of a whole space; leave the other options out")
    }
  }

  private var isQuiet: Bool { json || csv }

  func run() throws {
    if let table { return try measure(table) }
    let supernet = try supernet(on: NativeDevice(threads: threads))
    let chosen = try chosen(of: supernet)
    let listed = DeviceSelector.all()
    if devices.isEmpty, let problem = listed.problem, !isQuiet { print(problem) }
    let names = devices.isEmpty ? listed.devices.map(\.identifier) : devices
    let report = TimingReport(
      rows: try names.flatMap { try rows(chosen, of: supernet, on: try open($0)) })
    if let warning = report.warning { Message.warn(warning) }
    if json { return print(try JSON.text(report.rows), terminator: "") }
    if csv { return print(report.csv, terminator: "") }
    print(report.text)
    if layers { print("\n" + report.layersText) }
  }

  private func measure(_ table: String) throws {
    let stage = TableStage(
      space: try RunFolder.space(of: subject), device: try open(devices[0]),
      batch: batch.first ?? 1, file: table)
    let report = try stage.execute(budget: budget, heldOut: heldOut, isQuiet: isQuiet)
    print(json ? try JSON.text(report) : report.text, terminator: json ? "" : "\n")
    if Interruption.happened { throw ExitCode(130) }
  }

  private func open(_ name: String) throws -> any Device {
    let (device, note) = try DeviceSelector.open(name, threads: threads, isTuned: !noTuning)
    if !isQuiet {
      if let note { print(note) }
      if let text = device.tuning.summary { print("\(device.description.identifier): \(text)") }
    }
    return device
  }

  private func rows(
    _ chosen: [Architecture], of supernet: Supernet, on device: any Device
  ) throws -> [TimedSubnet] {
    let space = supernet.space
    let procedure = LatencyProcedure(timeLimit: .seconds(seconds))
    let timer = LatencyTimer(try Supernet(copying: supernet, to: device), procedure: procedure)
    let ceilings = layers ? try Ceilings(of: device) : nil
    let layerTimer = LayerTimer(on: device, procedure: procedure)
    return try (batch.isEmpty ? [1, 16] : batch).flatMap { batch in
      let progress = Progress(
        "Timing on \(device.description.identifier), batch \(batch):", unit: "subnets",
        total: chosen.count)
      defer { progress.finish() }
      let latencies = try timer.latencies(of: chosen, batch: batch) { progress.update($0) }
      return try zip(chosen, latencies).map { architecture, latency in
        let timed = try ceilings.map { ceilings in
          let layers = try space.layers(of: architecture, batch: batch)
          return try zip(layers, try layerTimer.measurements(of: layers)).map {
            try TimedLayer($0, $1, ceilings, on: device)
          }
        }
        return TimedSubnet(
          device: device.description, architecture: space.text(of: architecture),
          multiplyAdds: try space.cost(of: architecture).multiplyAdds, latency: latency,
          layers: timed)
      }
    }
  }

  private func chosen(of supernet: Supernet) throws -> [Architecture] {
    guard let alone = supernet.alone else { return try architectures.chosen(in: supernet.space) }
    guard architectures.isEmpty else {
      throw ValidationError("--architecture: \(subject) is one architecture already")
    }
    return [alone]
  }

  private func supernet(on device: any Device) throws -> Supernet {
    if subject.hasSuffix(".safetensors") {
      return try ExportedSubnet(readingFrom: subject, on: device).network
    }
    return try Supernet(try RunFolder.space(of: subject), on: device, seed: 1)
  }
}
