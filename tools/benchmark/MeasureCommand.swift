import ArgumentParser
import Compute
import ComputeOpenCL
import Terminal

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Measures groups of benchmarks and prints a table of each.",
    discussion: """
      Groups: \(GroupCatalogue.all.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")).

      Times are medians after a warm-up. `floor` is the time that the measured ceilings allow: the \
      larger of arithmetic at the multiply-add peak and traffic at the copy bandwidth, each tensor \
      counted once; `of ceiling` is that floor over the median. Tensors that fit a cache can pass \
      the bandwidth of memory. Peak memory is this process's, on the host.
      """)

  @Argument(help: "Groups; all unless given.") var groups: [String] = []
  @OptionGroup var compute: DeviceOptions
  @Option(help: "Only benchmarks whose name holds this text.") var filter: String?
  @Option(help: "Timed rounds, of which the median is taken.") var rounds = 7
  @Flag(help: "Name the benchmarks and measure nothing.") var list = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard (1...10_000).contains(rounds) else {
      throw ValidationError("--rounds \(rounds): give a number from 1 to 10000")
    }
    for name in groups where GroupCatalogue.group(named: name) == nil {
      throw ValidationError(
        "no group \(name): choose \(GroupCatalogue.all.map(\.name).joined(separator: ", "))")
    }
  }

  struct Report: Encodable {
    var device: DeviceDescription
    var rows: [Row]
  }

  func run() throws {
    let chosen =
      groups.isEmpty ? GroupCatalogue.all : groups.compactMap(GroupCatalogue.group(named:))
    if list { return try chosen.forEach { try printNames($0) } }
    let bench = Bench(device: compute.device, threads: compute.threads, rounds: rounds)
    let (device, note) = try bench.open()
    if !json {
      if let note { print(note) }
      print("\(device.description.name), driver \(device.description.driver)")
    }
    var rows: [Row] = []
    for group in chosen {
      let own = try measure(group, bench)
      bench.close()
      rows += own
      guard !json, !own.isEmpty else { continue }
      print("\n\(group.name): \(group.summary)\n\(Row.table(own))")
    }
    if json { print(try JSON.text(Report(device: device.description, rows: rows)), terminator: "") }
  }

  private func wanted(_ group: Group) throws -> [Benchmark] {
    try group.benchmarks().filter { filter.map($0.name.contains) ?? true }
  }

  private func printNames(_ group: Group) throws {
    for benchmark in try wanted(group) { print("\(group.name): \(benchmark.name)") }
  }

  private func measure(_ group: Group, _ bench: Bench) throws -> [Row] {
    let benchmarks = try wanted(group)
    let progress = Progress("Measuring \(group.name)", unit: "rows", total: benchmarks.count)
    defer { progress.finish() }
    return try benchmarks.enumerated().map { index, benchmark in
      progress.update(index, benchmark.name)
      var row = try benchmark.measure(bench)
      (row.group, row.name) = (group.name, benchmark.name)
      return row
    }
  }
}
