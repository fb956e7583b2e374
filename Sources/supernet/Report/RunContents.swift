import Compute
import Export
import Search
import Studies
import TensorFiles
import Terminal

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// All that a run's folder holds and a report tells: what is not there is nil or empty.
package struct RunContents {
  let folder: RunFolder
  let configuration: RunConfiguration
  let curve: TrainingCurve
  let commands: [CommandRecord]
  let study: Study?
  let summary: RunSummary?
  let comparison: DeviceComparison?
  /// Latency tables, named after their files.
  let tables: [(name: String, table: LatencyTable)]

  var space: any NetworkSpace { configuration.space }

  /// - Parameter tables: files of latency tables, besides those in the folder.
  package init(of path: String, tables: [String]) throws {
    folder = RunFolder(path: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
    configuration = try RunConfiguration(keptIn: folder)
    curve =
      RunFolder.exists(folder.training)
      ? try TrainingCurve(readingFrom: folder.training) : TrainingCurve()
    commands = try CommandRecord.all(in: folder)
    study =
      RunFolder.exists(folder.study) ? try StudyFile(readingFrom: folder.study).study : nil
    if let study, study.space != configuration.space.searchSpace {
      throw ConfigurationError("\(folder.study): is of another space than \(folder.space)")
    }
    summary = try Self.value(folder.summary)
    comparison = try Self.value(folder.comparison, where: \.isWhole)
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    let own = (names ?? []).filter { $0.hasPrefix("latency-") && $0.hasSuffix(".json") }.sorted()
    let place = folder.path
    self.tables = try (own.map { "\(place)/\($0)" } + tables).map { path in
      (TableOptions.name(of: path), try LatencyTable(readingFrom: path))
    }
  }

  private static func value<Value: Decodable>(
    _ path: String, where isSound: (Value) -> Bool = { _ in true }
  ) throws -> Value? {
    guard RunFolder.exists(path) else { return nil }
    let text = try FileReader.text(of: path)
    guard let value = try? JSON.value(Value.self, text), isSound(value) else {
      throw ConfigurationError("\(path): cannot be understood; make it anew, or remove it")
    }
    return value
  }

  /// Epochs that the curve reaches.
  var epochs: Double { curve.rows.last?[.epoch] ?? 0 }

  /// Devices that the folder tells of, the one trained on first.
  var devices: [DeviceDescription] {
    var devices: [DeviceDescription] = []
    let all =
      commands.map(\.device)
      + (summary.map { [$0.trainedOn] + $0.subnets.compactMap(\.device) } ?? [])
    for device in all where !devices.contains(device) { devices.append(device) }
    return devices
  }

  /// Complete trials of full fidelity, each architecture's first.
  var judged: [Trial] {
    var seen: Set<Architecture> = []
    return (study?.trials ?? []).filter {
      $0.state == .complete && $0.fidelity == 1 && seen.insert($0.architecture).inserted
    }
  }

  /// Identifiers of the devices that trials were timed on, one image at a time.
  var timedDevices: [String] {
    judged.reduce(into: Set<String>()) { names, trial in
      for cost in trial.metrics.keys.compactMap(CostMetric.OnDevice.init)
      where cost.quantity == .latency && cost.batch == 1 { names.insert(cost.device) }
    }.sorted()
  }
}
