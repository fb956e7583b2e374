import Operators

/// Training that has left the numbers.
///
/// It is looked for where numbers are read anyway: a step pays nothing for it.
extension Trainer {
  /// Throws where a loss is no number, naming the step and the layers at fault.
  public func requireNumbers(_ losses: Losses) throws {
    guard !losses.each.allSatisfy(\.isFinite) else { return }
    throw divergence("the losses are", try supernet.device.read(supernet.parameters))
  }

  /// The parameters, if all are numbers.
  ///
  /// ReLU turns NaN into 0, so the loss may look sound when they are not.
  func soundParameters() throws -> [Float] {
    let parameters = try supernet.device.read(supernet.parameters)
    guard parameters.allSatisfy(\.isFinite) else {
      throw divergence("parameters are", parameters)
    }
    return parameters
  }

  private func divergence(_ what: String, _ parameters: [Float]) -> ConfigurationError {
    let entries = supernet.layout.entries
    let lost = entries.filter { entry in
      !parameters[entry.offset..<entry.offset + entry.count].allSatisfy(\.isFinite)
    }
    let layers = lost.first.map { " (\(lost.count) of \(entries.count), first \($0.name))" } ?? ""
    return ConfigurationError(
      "training: \(what) no longer numbers at step \(step)\(layers); lower training.learning-rate "
        + "(now \(recipe.learningRate)) or take more training.warmup-steps (now "
        + "\(recipe.warmupSteps)); checkpoints from before are whole")
  }
}
