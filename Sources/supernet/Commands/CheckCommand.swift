import ArgumentParser
import ComputeOpenCL
import Compute
import Export
import Laws

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks every operator on a device against its definition.",
    discussion: """
      Each operator is compared with a double-precision reference and with finite differences, \
      on odd shapes and on slices. Exits with 1 if a law does not hold.
      """)

  @Option(parsing: .upToNextOption, help: "Devices (all unless given).") var devices: [String] = []
  @Option(help: "Threads of the native CPU device.") var threads: Int?
  @Flag(help: "Print JSON.") var json = false

  struct Report: Encodable {
    var device: String
    var cases: Int
    var violations: [String]
  }

  func run() throws {
    let listed = DeviceSelector.all()
    if devices.isEmpty, let problem = listed.problem, !json { print(problem) }
    var reports: [Report] = []
    for identifier in devices.isEmpty ? listed.devices.map(\.identifier) : devices {
      let device = try DeviceSelector.open(identifier, threads: threads).device
      reports.append(try check(device))
    }
    if json { print(try JSON.text(reports), terminator: "") }
    if reports.contains(where: { !$0.violations.isEmpty }) { throw ExitCode.failure }
  }

  private func check(_ device: any Device) throws -> Report {
    let cases = OperatorLaws.cases
    let optimizers = OptimizerLaws.cases
    let total = cases.count + optimizers.count
    var progress = Progress(
      "Checking \(device.description.identifier)", unit: "cases", total: total)
    var violations: [Violation] = []
    for (index, (name, testCase)) in cases.enumerated() {
      progress.update(index, name)
      violations += try OperatorLaws.violations(of: name, testCase, on: device)
    }
    for (name, optimizer) in optimizers {
      violations += try OptimizerLaws.violations(of: name, optimizer, on: device)
    }
    progress.finish()
    if !json {
      violations.forEach { print($0) }
      print(
        "\(device.description.title): \(total) cases, "
          + (violations.isEmpty ? "all laws hold" : "\(violations.count) violations"))
    }
    return Report(
      device: device.description.title, cases: total, violations: violations.map(\.description))
  }
}
