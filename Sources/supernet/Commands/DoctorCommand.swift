import ArgumentParser
import ComputeOpenCL
import Terminal

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Tells what this machine has for Supernet, what it lacks, and what to do about it.",
    discussion: "Exits with 1 only where nothing can run.")

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let devices = DeviceSelector.all().devices.map { device in
      Finding("device", "\(device.identifier): \(device.name)")
    }
    let findings =
      [Finding("version", BuildDescription.text), .processor, .memory] + OpenCLFindings.all
      + devices
      + [.caches, .disk, .images]
    print(json ? try JSON.text(findings) : Finding.text(findings) + "\n", terminator: "")
    if findings.contains(where: { $0.state == .failed }) { throw ExitCode.failure }
  }
}
