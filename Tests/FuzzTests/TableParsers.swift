import Compute
import ComputeOpenCL
import Estimation
import Foundation
import Laws
import Search
import Supernets

/// Measurements and caches: latency tables, tables of accuracies, tuning, compiled programs.
extension FuzzedParser {
  static let tables = [latencyTable, accuracyTable, tuning, programCache]

  private static let latencyTable = FuzzedParser("latency-table") {
    let folder = try ScratchFolder()
    return { bytes in
      let path = try folder.write("table.json", bytes)
      let table = try LatencyTable(readingFrom: path)
      let space = try table.space(path: path)
      let predictor = try LatencyPredictor(table, for: space, path: path)
      for architecture in [space.smallest, space.largest] {
        let seconds = try predictor.seconds(of: architecture, batch: table.origin.batch)
        try BrokenLaw.check(seconds > 0 && seconds.isFinite, "\(seconds) seconds")
      }
    }
  }

  private static let accuracyTable = FuzzedParser("table-csv") {
    let space = try TinySpaces.nasbench201.space()
    return { bytes in
      let table = try TabularEstimator(
        csv: String(decoding: bytes, as: UTF8.self), file: "table.csv", of: space)
      for architecture in table.architectures {
        let metrics = try table.metrics(of: architecture, fidelity: 1, seed: 1)
        try BrokenLaw.check(
          metrics.count == table.metrics.count, "\(metrics) of \(table.metrics)")
      }
      _ = table.partBelow(0.5)
    }
  }

  /// `"device": 0` stands for this machine's device; what is accepted, a network is trained with.
  private static let tuning = FuzzedParser("tuning") {
    let folder = try ScratchFolder()
    let trainer = try TinyNetwork.trainer()
    let file = TuningFile(FoundDevice.native(threads: 1).fingerprint, in: folder.path)
    try file.write(Tuning())
    let own = try Data(contentsOf: URL(fileURLWithPath: file.path))
    let object = try JSONSerialization.jsonObject(with: own) as? [String: Any]
    let device = String(
      decoding: try JSONSerialization.data(withJSONObject: object?["device"] ?? [:]),
      as: UTF8.self)
    let name = URL(fileURLWithPath: file.path).lastPathComponent
    return { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      try folder.write(name, text.replacing("\"device\": 0", with: "\"device\": \(device)"))
      chmod(file.path, 0o644)
      let (tuning, problem) = file.read()
      guard let tuning else { throw Refusal(problem ?? "") }
      trainer.supernet.device.tuning = tuning
      _ = try trainer.runStep()
    }
  }

  /// The checksum at the end is put right: guessing it is nobody's way in.
  private static let programCache = FuzzedParser("program-cache") {
    let key = ProgramKey(
      name: "kernels", source: "kernel void f() {}", options: "-w",
      device: DeviceFingerprint(
        platform: "p", platformVersion: "1", name: "n", version: "1", driver: "d"))
    return { bytes in
      let isDamaged = CacheEntry.program(in: bytes, for: key) == nil
      let sealed = CacheEntry.sealed(bytes)
      guard let program = CacheEntry.program(in: sealed, for: key) else {
        try BrokenLaw.check(isDamaged, "taken although damaged")
        throw Refusal()
      }
      try BrokenLaw.check(
        CacheEntry.bytes(program, for: key) == sealed, "another entry of the same program")
    }
  }
}
