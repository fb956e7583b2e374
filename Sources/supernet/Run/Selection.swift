import Compute
import Export
import Search

/// Chooses among finalists on all validation images; tests and writes what was chosen.
final class Selection {
  private let run: Run
  private let estimator: AccuracyEstimator
  private let validation: [LabelledImages]
  private var known: [Architecture: Finalist] = [:]

  struct Finalist {
    let architecture: Architecture
    let batchNorm: BatchNormStatistics
    let validationTop1: Double
  }

  init(run: Run, estimator: AccuracyEstimator, validation: [LabelledImages]) {
    self.run = run
    self.estimator = estimator
    self.validation = validation
  }

  /// The most accurate on the validation images, the first of equals.
  func choose(_ candidates: [Architecture]) throws -> Finalist? {
    var best: Finalist?
    for architecture in candidates {
      let finalist = try known[architecture] ?? judge(architecture)
      known[architecture] = finalist
      if finalist.validationTop1 > best?.validationTop1 ?? -1 { best = finalist }
    }
    return best
  }

  private func judge(_ architecture: Architecture) throws -> Finalist {
    let batchNorm = try estimator.recalibrated(architecture)
    return Finalist(
      architecture: architecture, batchNorm: batchNorm,
      validationTop1: try estimator.top1(architecture, statistics: batchNorm, on: validation))
  }

  /// The most accurate of all that were judged here.
  var best: Double? { known.values.map(\.validationTop1).max() }

  /// Writes a subnet's files, reads them back, and reports what the files answer on test images.
  func handOver(_ finalist: Finalist, name: String) throws -> RunSummary.Row {
    let space = run.configuration.space
    let splits = run.data.splits
    let path = "\(run.folder.subnets)/\(name).safetensors"
    let subnet = try ExportedSubnet(
      finalist.architecture, of: run.supernet, batchNorm: finalist.batchNorm,
      normalization: splits.statistics, classNames: splits.train.classNames,
      imageSize: splits.train.height)
    try subnet.write(to: path)
    try subnet.writeONNX(to: ExportedSubnet.path(beside: path, ".onnx"))
    let correct = try ExportedSubnet(readingFrom: path, on: run.device).correct(on: splits.test)
    let cost = try space.cost(of: finalist.architecture)
    return RunSummary.Row(
      architecture: space.text(of: finalist.architecture),
      validationTop1: finalist.validationTop1,
      testTop1: Double(correct.count { $0 }) / Double(correct.count),
      multiplyAdds: cost.multiplyAdds, parameters: cost.parameters,
      peakActivationBytes: cost.peakActivationBytes, weights: "subnets/\(name).safetensors")
  }
}
