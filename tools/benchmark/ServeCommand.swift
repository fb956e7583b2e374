import ArgumentParser
import Compute
import ComputeOpenCL
import Estimation
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
      For comparing with other programs by turns. Prints one line of JSON that tells the work once \
      it is warm; then, for each line `go N`, the milliseconds of N iterations on one line; for \
      `memory`, the peak resident bytes. Ends with its input.

      Work: \(WorkloadCatalogue.all.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")); \
      or a row of operators or fused, as --list names it: "fused: depthwise 3x3 14x14 192 forward".
      """)

  @Argument(help: "The work's name.") var work: String
  @OptionGroup var compute: DeviceOptions

  func run() throws {
    if let entry = WorkloadCatalogue.entry(named: work) { return try serve(entry) }
    for group in [Group.operators, .fused] {
      for row in try group.benchmarks() where work == "\(group.name): \(row.name)" {
        return try serve(row)
      }
    }
    let names = WorkloadCatalogue.all.map(\.name).joined(separator: ", ")
    throw ValidationError("no work \(work): choose \(names), or a row of operators or fused")
  }

  private func serve(_ entry: WorkloadCatalogue.Entry) throws {
    let atStart = ThisProcess.residentBytes
    let device = try DeviceSelector.open(compute.device, threads: compute.threads).device
    let workload = try entry.make(device)
    _ = try device.time(workload.iterate)
    say(
      try JSON.line(
        WorkDescription(work, workload, on: device.description, residentBytesAtStart: atStart)))
    try answer(on: device, workload.iterate)
  }

  private func serve(_ row: Benchmark) throws {
    let bench = Bench(device: compute.device, threads: compute.threads, rounds: 1) { device, work in
      _ = try device.time(work)
      say(
        try JSON.line(
          RowDescription(
            work: self.work, device: device.description, convolution: row.convolution)))
      try answer(on: device, work)
      throw EndOfInput()
    }
    do { _ = try row.measure(bench) } catch is EndOfInput {}
  }

  /// Nobody asks for a row of the times that were told.
  private struct EndOfInput: Error {}

  /// Works as standard input says.
  private func answer(on device: any Device, _ iterate: () throws -> Void) throws {
    while let line = readLine() {
      let words = line.split(separator: " ")
      switch words.first {
      case "go":
        let count = words.count > 1 ? Int(words[1]) ?? 1 : 1
        let times = try (0..<max(1, count)).map { _ in try device.time(iterate) }
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
