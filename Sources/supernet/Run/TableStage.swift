import Compute
import ComputeOpenCL
import Export
import TensorFiles
import Terminal

/// Measures a latency table on a device, or goes on with it, and tells how good it is.
struct TableStage {
  let space: any NetworkSpace
  let device: any Device
  let batch: Int
  let file: String

  struct Report: Encodable {
    var file: String
    var device: DeviceDescription
    var space: String
    var batch: Int
    /// Measured, of those that the space has.
    var layers: Int
    var layerCount: Int
    /// Whole subnets that the predictor is fitted to.
    var examples: Int
    var seconds: Double
    /// On subnets that it never saw; nil before any was measured.
    var accuracy: PredictionAccuracy?
  }

  private var origin: LatencyTable.Origin {
    LatencyTable.Origin(
      device: device.description, version: SupernetCommand.configuration.version,
      kernels: KernelSources.checksum, tuning: device.tuning.checksum, space: space.yaml,
      batch: batch)
  }

  func execute(budget: Double, heldOut: Int, isQuiet: Bool) throws -> Report {
    let builder = try LatencyTableBuilder(
      origin, of: space, on: device, path: file, budget: budget, heldOut: heldOut)
    if !isQuiet {
      print(
        "Measuring the layers of \(space.name) on \(device.description.title), batch \(batch), for at "
          + "most \(Readable.span(budget)). What is measured is in \(file); a table that was "
          + "interrupted goes on.")
    }
    Interruption.begin()
    // A bar for each phase.
    var shown: (phase: LatencyTableBuilder.Phase, bar: Progress)?
    try builder.run(isInterrupted: { Interruption.happened }) { phase, done, total in
      let bar =
        shown.flatMap { $0.phase == phase ? $0.bar : nil }
        ?? Progress("Measuring", unit: phase.rawValue, total: total, done: done)
      bar.update(done)
      shown = (phase, bar)
    }
    shown?.bar.finish()
    let table = builder.table
    return Report(
      file: file, device: device.description, space: space.name, batch: batch,
      layers: table.layers.count, layerCount: table.layerCount, examples: table.examples.count,
      seconds: table.spentSeconds, accuracy: table.accuracy)
  }
}

extension TableStage.Report {
  var text: String {
    var lines = [
      "\(file): \(layers) of \(layerCount) layers, \(examples) subnets to fit to, "
        + "\(Readable.span(seconds)) of measuring."
    ]
    if layers < layerCount {
      lines.append(
        "Layers that were not measured are guessed from the most similar; give a longer "
          + "--budget and go on.")
    }
    if let accuracy {
      lines.append(
        "Of \(accuracy.subnets) subnets that it never saw, \(percent(accuracy.within5Percent)) are "
          + "predicted within 5 %, \(percent(accuracy.within10Percent)) within 10 %; nine of ten "
          + "within \(percent(accuracy.p90Error)); Kendall's tau "
          + "\(Readable.fixed(accuracy.kendallTau, 3)).")
    }
    return lines.joined(separator: "\n")
  }

  private func percent(_ part: Double) -> String { Readable.fixed(100 * part, 1) + " %" }
}

extension Tuning {
  /// Tells one tuning from another; empty where there is none.
  var checksum: String {
    guard !isEmpty else { return "" }
    var sum = Checksum()
    sum.combine(build.text)
    for (work, choice) in choices.sorted(by: { $0.key.text < $1.key.text }) {
      sum.combine("\(work.text): \(choice.text)")
    }
    return sum.text
  }
}
