import ArgumentParser
import ComputeOpenCL
import Compute
import Export
import Laws
import Search
import Terminal

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks the laws: every operator on every device, every space and strategy.",
    discussion: """
      Each operator is compared with a double-precision reference and with finite differences, \
      on odd shapes and on slices; the native CPU with every instruction set it has. Exits with 1 \
      if a law does not hold.
      """)

  @Option(parsing: .upToNextOption, help: "Devices, one or more (all unless given).")
  var devices: [String] = []
  @Option(
    help: ArgumentHelp(
      "Threads of the native CPU device (all processors unless given).", valueName: "count"))
  var threads: Int?
  @Option(
    help: """
      Kernels of OpenCL devices: group (work-groups with local memory, GPUs' own), tile (CPUs' own) \
      or all that a device can run.
      """)
  var kernels = Kernels.all
  @Option(
    help: ArgumentHelp(
      "Only operators' cases whose name holds this text, and no spaces.", valueName: "text"))
  var filter: String?
  @Flag(help: "Print JSON.") var json = false

  enum Kernels: String, ExpressibleByArgument, CaseIterable { case all, group, tile }

  struct Report: Encodable {
    var subject: String
    var cases: Int
    var violations: [String]
  }

  /// Whether a case was asked for.
  private func includes(_ name: String) -> Bool { filter.map { name.contains($0) } ?? true }

  func validate() throws {
    let names = OperatorLaws.cases.map(\.name) + OptimizerLaws.cases.map(\.name)
    guard let filter, !names.contains(where: includes) else { return }
    throw ValidationError("--filter \(filter): no case has that in its name")
  }

  func run() throws {
    let listed = DeviceSelector.all()
    if devices.isEmpty, let problem = listed.problem, !json { print(problem) }
    var reports: [Report] = []
    for identifier in devices.isEmpty ? listed.devices.map(\.identifier) : devices {
      if identifier == "cpu" {
        for set in NativeDevice.instructionSets {
          reports.append(try check(try NativeDevice(threads: threads, instructionSet: set)))
        }
      } else {
        guard let info = try DeviceSelector.openCL(named: identifier) else {
          reports.append(try check(try DeviceSelector.open(identifier, threads: threads).device))
          continue
        }
        if kernels != .group || info.kernelShape == .group {
          reports.append(try check(try OpenCLDevice(info)))
        }
        if kernels != .tile, info.kernelShape == .tile {
          reports.append(
            try check(try OpenCLDevice(info.withGroupKernels()), note: ", group kernels"))
        }
      }
    }
    if filter == nil { reports.append(try checkSearch()) }
    if json { print(try JSON.text(reports), terminator: "") }
    if reports.contains(where: { !$0.violations.isEmpty }) { throw ExitCode.failure }
  }

  private func check(_ device: any Device, note: String = "") throws -> Report {
    let cases = OperatorLaws.cases.filter { includes($0.name) }
    let optimizers = OptimizerLaws.cases.filter { includes($0.name) }
    let total = cases.count + optimizers.count
    let progress = Progress(
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
    return report(device.description.title + note, total, violations.map(\.description))
  }

  /// Spaces and strategies, which need no device.
  private func checkSearch() throws -> Report {
    var (violations, count): ([String], Int) = ([], 0)
    for preset in SpaceCatalogue.presets {
      let space = try SpaceCatalogue.space(preset.name)
      violations += try SpaceLaws.violations(of: space).map(\.description)
      count += 1
    }
    for entry in StrategyCatalogue.entries {
      for sample in try SampleSpaces.all() {
        for law in StrategyLaw.all {
          violations += try law.violations(of: { entry.make(1) }, in: sample.space)
            .map { "\(entry.name) in \(sample): \(law): \($0)" }
          count += 1
        }
      }
    }
    return report("spaces and strategies", count, violations)
  }

  private func report(_ subject: String, _ cases: Int, _ violations: [String]) -> Report {
    if !json {
      violations.forEach { print($0) }
      print(
        "\(subject): \(cases) cases, "
          + (violations.isEmpty ? "all laws hold" : "\(violations.count) violations"))
    }
    return Report(subject: subject, cases: cases, violations: violations)
  }
}
