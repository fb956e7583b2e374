public import Search

/// A study's trials as comma-separated lines, for other programs.
extension StudyFile {
  /// Every trial with all that is known of it.
  public var csv: String {
    let metrics = metricNames(study.trials)
    let header =
      [
        "number", "state", "reason", "source", "estimator", "fidelity", "seed", "device", "seconds",
        "proposal_seconds",
      ] + metrics + ["architecture"]
    let lines = study.trials.map { trial in
      let (state, reason) = trial.state.words
      let fields = [
        "\(trial.number)", state, reason, trial.source, trial.estimator, "\(trial.fidelity)",
        "\(trial.seed)", trial.device, "\(trial.duration.seconds)",
        "\(proposalDurations[trial.number].seconds)",
      ]
      return fields + values(of: trial, metrics) + [study.space.text(of: trial.architecture)]
    }
    return CSV.text([header] + lines)
  }

  /// The complete trials of full fidelity as a table of architectures and metrics, the objective
  /// first: what the estimator `tabular` reads.
  public var table: String {
    let trials = study.trials.filter { trial in
      trial.state == .complete && trial.fidelity == 1
        && trial.metrics[header.goal.objective.metric]?.isFinite == true
    }
    let main = header.goal.objective.metric
    let shared = metricNames(trials).filter { name in
      name != main && trials.allSatisfy { $0.metrics[name]?.isFinite == true }
    }
    let lines = trials.map {
      [study.space.text(of: $0.architecture)] + values(of: $0, [main] + shared)
    }
    return CSV.text([["architecture", main] + shared] + lines)
  }

  private func metricNames(_ trials: [Trial]) -> [String] {
    trials.reduce(into: Set<String>()) { $0.formUnion($1.metrics.keys) }.sorted()
  }

  private func values(of trial: Trial, _ names: [String]) -> [String] {
    names.map { trial.metrics[$0].map { "\($0)" } ?? "" }
  }
}

extension Trial.State {
  /// The state's name, and why it failed.
  public var words: (name: String, reason: String) {
    switch self {
    case .pending: ("pending", "")
    case .complete: ("complete", "")
    case .failed(let reason): ("failed", reason)
    }
  }
}
