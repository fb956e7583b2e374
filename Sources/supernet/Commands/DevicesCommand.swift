import ArgumentParser
import Compute
import ComputeOpenCL
import Export
import Terminal

struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "Lists the devices of this machine.")

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let listed = DeviceSelector.all()
    if json { return print(try JSON.text(listed.devices), terminator: "") }
    var table = Table(["device", "kind", "units", "memory", "tuned", "driver", "name"])
    var problems = listed.problem.map { [$0] } ?? []
    for device in listed.devices {
      let (tuning, problem) =
        try DeviceSelector.find(device.identifier).device.tuningFile?.read() ?? (nil, nil)
      if let problem { problems.append("Tuning: \(problem)") }
      table.rows.append([
        device.identifier, device.kind.rawValue, "\(device.computeUnits)",
        "\(Readable.fixed(Double(device.memoryBytes) / 1_073_741_824, 1)) GiB",
        tuning.map { "\($0.count)" } ?? "no", device.driver, device.name,
      ])
    }
    print(table.text)
    problems.forEach { print($0) }
  }
}

struct SpacesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spaces", abstract: "Lists the built-in search spaces, or prints one as YAML.")

  @Argument(help: "A space to print: a start for one of your own.") var name: String?
  @Flag(help: "Print JSON.") var json = false

  struct Row: Encodable {
    var name: String
    var summary: String
    var subnets: Double
    var smallest: SubnetCost
    var largest: SubnetCost
  }

  func run() throws {
    if let name {
      let space = try SpaceCatalogue.space(name)
      return print(space.yaml, terminator: "")
    }
    let rows = try SpaceCatalogue.presets.map { preset in
      let space = try SpaceCatalogue.space(preset.name)
      return Row(
        name: preset.name, summary: preset.summary, subnets: space.searchSpace.count,
        smallest: try space.cost(of: space.smallest), largest: try space.cost(of: space.largest))
    }
    if json { return print(try JSON.text(rows), terminator: "") }
    var table = Table(["space", "subnets", "MACs", "parameters", "summary"])
    for row in rows {
      table.rows.append([
        row.name, Readable.scientific(row.subnets),
        "\(Readable.count(row.smallest.multiplyAdds)) to \(Readable.count(row.largest.multiplyAdds))",
        "\(Readable.count(row.smallest.parameters)) to \(Readable.count(row.largest.parameters))",
        row.summary,
      ])
    }
    print(table.text)
  }
}
