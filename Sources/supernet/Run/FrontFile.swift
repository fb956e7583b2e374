import Export
import Search
import Studies

/// The Pareto fronts of accuracy and latency as CSV, a device after the other.
enum FrontFile {
  static func csv(_ study: Study, devices: [String]) -> String {
    var lines = [
      [
        "device", "latency_seconds", "validation_top1", "multiply_adds", "parameters",
        "architecture",
      ]
    ]
    for device in devices {
      for trial in SubnetSearch.front(study, device: device).trials {
        let metrics = [
          CostMetric.latency(on: device), SubnetSearch.accuracyMetric, CostMetric.multiplyAdds,
          CostMetric.parameters,
        ].map { trial.metrics[$0].map { "\($0)" } ?? "" }
        lines.append([device] + metrics + [study.space.text(of: trial.architecture)])
      }
    }
    return CSV.text(lines)
  }
}
