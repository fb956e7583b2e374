import ArgumentParser
import Compute
import ComputeOpenCL
import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Runs one piece of work whenever standard input says so.",
    discussion: """
      For comparing with other programs by turns. Prints one line of JSON that tells the work and \
      its subnets once it is warm; then, for each line `go N`, the milliseconds of N iterations on \
      one line; for `memory`, the peak resident bytes. Ends with its input.

      Work: \(WorkloadCatalogue.all.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")).
      """)

  @Argument(help: "The work's name.") var work: String
  @OptionGroup var compute: DeviceOptions

  func validate() throws {
    guard WorkloadCatalogue.entry(named: work) != nil else {
      let names = WorkloadCatalogue.all.map(\.name).joined(separator: ", ")
      throw ValidationError("no work \(work): choose \(names)")
    }
  }

  func run() throws {
    guard let entry = WorkloadCatalogue.entry(named: work) else { return }
    let atStart = ThisProcess.residentBytes
    let device = try DeviceSelector.open(compute.device, threads: compute.threads).device
    let workload = try entry.make(device)
    _ = try device.time(workload.iterate)
    say(
      try JSON.line(
        WorkDescription(work, workload, on: device.description, residentBytesAtStart: atStart)))
    while let line = readLine() {
      let words = line.split(separator: " ")
      switch words.first {
      case "go":
        let count = words.count > 1 ? Int(words[1]) ?? 1 : 1
        let times = try (0..<max(1, count)).map { _ in try device.time(workload.iterate) }
        say(times.map { Readable.fixed($0.seconds * 1e3, 4) }.joined(separator: " "))
      case "memory": say("\(ThisProcess.peakBytes ?? 0)")
      default: throw DeviceError("standard input: \(line): say `go N` or `memory`")
      }
    }
  }

  /// At once, also into a pipe.
  private func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}
