import ArgumentParser
import Compute
import ComputeOpenCL
import Foundation
import Terminal

struct SoakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak",
    abstract: "Trains and searches a tiny space for long, and fails where what it holds grows.",
    discussion: """
      Prints what this process holds after a warm-up and at the end, of the training and of the \
      search: resident memory, file descriptors, threads, the native device's bytes, OpenCL's \
      objects. Memory may grow by 2 %, and by 2 KiB for each candidate, which the study keeps; \
      nothing else may grow, and no OpenCL object may be left once the device is closed.
      """)

  /// What a study keeps of one, in memory too.
  private static let bytesOfCandidate = 2048

  @OptionGroup var compute: DeviceOptions
  @Option(help: "Steps of the training.") var steps = 10_000
  @Option(help: "Steps of them that warm up.") var warmUpSteps = 500
  @Option(help: "Candidates of the search.") var candidates = 2_000
  @Option(help: "Candidates of them that warm up.") var warmUpCandidates = 100
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard 0 < warmUpSteps, warmUpSteps < steps, steps <= 10_000_000 else {
      throw ValidationError("--steps \(steps): give more than --warm-up-steps \(warmUpSteps)")
    }
    // The tiny space has 3,072 architectures.
    guard 0 < warmUpCandidates, warmUpCandidates < candidates, candidates <= 3_000 else {
      throw ValidationError(
        "--candidates \(candidates): give more than --warm-up-candidates \(warmUpCandidates), up to "
          + "3000")
    }
  }

  struct Report: Encodable {
    var device: DeviceDescription
    var marks: [Mark]
    /// What grew, a line each.
    var grown: [String]
  }

  struct Mark: Encodable {
    var name: String
    var footprint: Footprint
  }

  func run() throws {
    weak var opened: (any Device)?
    var report = try {
      let device = try DeviceSelector.open(compute.device, threads: compute.threads).device
      opened = device
      return try soak(device)
    }()
    if opened != nil { report.grown.append("the device is held by what it made") }
    report.marks.append(try mark("device closed", nil))
    if OpenCLObjects.alive.total > 0 {
      report.grown.append("the device is closed, and OpenCL objects are left")
    }
    if json { print(try JSON.text(report), terminator: "") } else { tell(report) }
    if !report.grown.isEmpty { throw ExitCode.failure }
  }

  private func soak(_ device: any Device) throws -> Report {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "supernet-soak-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let soak = try Soak(on: device, folder: folder.path)
    var report = Report(device: device.description, marks: [], grown: [])
    func watch(
      _ unit: String, total: Int, warmUp: Int, keptBytes: Int,
      _ work: (_ total: Int, _ afterEach: (Int) throws -> Void) throws -> Void
    ) throws {
      let progress = Progress("Soaking", unit: unit, total: total)
      var before: Footprint?
      try work(total) { done in
        progress.update(done)
        guard done == warmUp || done == total else { return }
        try device.synchronize()
        let mark = try mark("\(done) \(unit)", device)
        report.marks.append(mark)
        report.grown += before.map { mark.footprint.growth(since: $0, keptBytes: keptBytes) } ?? []
        before = mark.footprint
      }
      progress.finish()
    }
    try watch("steps", total: steps, warmUp: warmUpSteps, keptBytes: 0, soak.train)
    try watch(
      "candidates", total: candidates, warmUp: warmUpCandidates,
      keptBytes: Self.bytesOfCandidate * (candidates - warmUpCandidates), soak.search)
    return report
  }

  private func mark(_ name: String, _ device: (any Device)?) throws -> Mark {
    guard let footprint = Footprint(with: device) else {
      throw DeviceError("soak: this system does not tell what a process holds; run it on Linux")
    }
    return Mark(name: name, footprint: footprint)
  }

  private func tell(_ report: Report) {
    print("\(report.device.identifier): \(report.device.name)")
    var table = Table(["after"] + (report.marks.first?.footprint.numbers.map(\.name) ?? []))
    table.rows = report.marks.map { mark in
      [mark.name] + mark.footprint.numbers.map { "\($0.value)" }
    }
    print(table.text)
    print(report.grown.isEmpty ? "Nothing grew." : report.grown.joined(separator: "\n"))
  }
}
