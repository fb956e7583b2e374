import ArgumentParser
import Compute
import ComputeOpenCL
import Export
import Search
import Terminal

struct TimeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "time", abstract: "Measures a subnet's latency on one or all devices.",
    discussion: """
      Give an exported subnet (.safetensors), a run's folder, or a space (its weights do not \
      matter for time).
      """)

  @ArgumentParser.Argument(help: "A .safetensors file, a run's folder, or a space.") var subject:
    String
  @Option(
    parsing: .singleValue,
    help: "An architecture, `largest` or `smallest`; may be repeated. Both unless given.")
  var architecture: [String] = []
  @Option(parsing: .upToNextOption, help: "Devices (all unless given).") var devices: [String] = []
  @Option(parsing: .upToNextOption, help: "Batch sizes.") var batch: [Int] = [1, 16]
  @Option(help: "Threads of the native CPU device.") var threads: Int?
  @Flag(help: "Do not use what `supernet tune` found.") var noTuning = false
  @Option(help: "Rounds, of which the median is taken.") var rounds = 15
  @Flag(help: "Print JSON.") var json = false

  struct Row: Encodable {
    var device: String
    var architecture: String
    var multiplyAdds: Int
    var latency: RunSummary.LatencyRow
  }

  func validate() throws {
    guard batch.allSatisfy({ (1...65_536).contains($0) }), !batch.isEmpty else {
      throw ValidationError("--batch: give numbers from 1 to 65536")
    }
    guard (1...100_000).contains(rounds) else {
      throw ValidationError("--rounds \(rounds): give a number from 1 to 100000")
    }
  }

  func run() throws {
    let host = try NativeDevice(threads: threads)
    let supernet = try supernet(on: host)
    let space = supernet.space
    let architectures = try architectures(of: supernet)
    let listed = DeviceSelector.all()
    if devices.isEmpty, let problem = listed.problem, !json { print(problem) }
    var rows: [Row] = []
    for identifier in devices.isEmpty ? listed.devices.map(\.identifier) : devices {
      let (device, note) = try DeviceSelector.open(
        identifier, threads: threads, isTuned: !noTuning)
      if !json {
        if let note { print(note) }
        if let text = device.tuning.summary { print("\(device.description.identifier): \(text)") }
      }
      let timer = LatencyTimer(
        try Supernet(copying: supernet, to: device), procedure: LatencyProcedure(rounds: rounds))
      for chosen in architectures {
        for size in batch {
          rows.append(
            Row(
              device: device.description.title, architecture: space.text(of: chosen),
              multiplyAdds: try space.cost(of: chosen).multiplyAdds,
              latency: .init(try timer.latency(of: chosen, batch: size))))
        }
      }
    }
    if json { return print(try JSON.text(rows), terminator: "") }
    var table = Table([
      "batch", "median", "p10", "p90", "images/s", "MACs", "device", "architecture",
    ])
    for row in rows {
      let latency = row.latency
      table.rows.append([
        "\(latency.batch)", Readable.milliseconds(latency.medianSeconds),
        Readable.milliseconds(latency.p10Seconds), Readable.milliseconds(latency.p90Seconds),
        Readable.fixed(Double(latency.batch) / latency.medianSeconds, 0),
        Readable.count(row.multiplyAdds), row.device, row.architecture,
      ])
    }
    print(table.text)
  }

  private func architectures(of supernet: Supernet) throws -> [Architecture] {
    if let alone = supernet.alone {
      guard architecture.isEmpty else {
        throw ValidationError("--architecture: \(subject) is one architecture already")
      }
      return [alone]
    }
    let space = supernet.space
    let both = space.searchSpace.count > 1 ? ["largest", "smallest"] : ["largest"]
    return try (architecture.isEmpty ? both : architecture).map {
      try space.architecture(naming: $0)
    }
  }

  private func supernet(on device: any Device) throws -> Supernet {
    if subject.hasSuffix(".safetensors") {
      return try ExportedSubnet(readingFrom: subject, on: device).network
    }
    return try Supernet(try RunFolder.space(of: subject), on: device, seed: 1)
  }
}
