import Foundation
import Laws
import Search
import Studies
import Supernets
import supernet

/// What lies in a run's folder, as a report shows it.
extension FuzzedParser {
  static let reports = [report]

  private static let names: [UInt8: String] = [
    UInt8(ascii: "c"): "config.yaml", UInt8(ascii: "p"): "space.yaml",
    UInt8(ascii: "t"): "training.csv", UInt8(ascii: "j"): "commands.jsonl",
    UInt8(ascii: "s"): "summary.json", UInt8(ascii: "d"): "devices/comparison.json",
    UInt8(ascii: "l"): "latency-cpu.json",
  ]

  /// The first byte says which of a run's files the others are; `m`: the metrics of a trial.
  private static let report = FuzzedParser("report") {
    let folder = try ScratchFolder()
    let devices = folder.path("devices")
    try FileManager.default.createDirectory(
      atPath: devices, withIntermediateDirectories: true)
    let space = try FuzzedParser.readSpace(TinyNetwork.space)
    return { bytes in
      folder.remove(
        "training.csv", "commands.jsonl", "summary.json", "devices/comparison.json",
        "latency-cpu.json", "study.sqlite", "study.sqlite-wal", "study.sqlite-shm")
      try folder.write("config.yaml", "name: tiny\nspace: space.yaml\n")
      try folder.write("space.yaml", TinyNetwork.space)
      let content = bytes.dropFirst()
      if let name = bytes.first.flatMap({ names[$0] }) {
        try folder.write(name, Array(content))
      } else {
        try writeStudy(folder.path("study.sqlite"), of: space, metrics: Data(content))
      }
      let report = try RunReport(RunContents(of: folder.path, tables: []))
      _ = report.html
      // Each may be written into a folder under its name.
      try BrokenLaw.check(
        report.pictures.allSatisfy { !$0.name.contains { "/.\0".contains($0) } },
        "\(report.pictures.map(\.name))")
    }
  }

  private static func writeStudy(
    _ path: String, of space: any NetworkSpace, metrics: Data
  ) throws {
    guard let found = try? StudyCoding.decoder.decode([[String: Double]].self, from: metrics)
    else { throw Refusal("no metrics") }
    let file = try StudyFile(
      path,
      of: StudyHeader(
        space.searchSpace, named: space.name, goal: SearchGoal(Objective(.maximise, "top1")),
        judgedBy: EstimatorIdentity("one-shot"), configuration: space.yaml))
    let trials =
      try file.claim(
        [Proposal(space.smallest), Proposal(space.largest)], source: "random") ?? []
    for (trial, metrics) in zip(trials, found) {
      try file.complete(trial, metrics: metrics, duration: .seconds(1))
    }
  }
}
