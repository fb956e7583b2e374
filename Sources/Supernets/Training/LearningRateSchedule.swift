/// How the learning rate falls once it has warmed up.
///
/// Rates are made of products, quotients and square roots alone: the same bits on every machine.
public enum LearningRateSchedule: String, Sendable, CaseIterable {
  /// To `finalRateFraction` of itself, by the same factor each step, and for the last tenth constant
  /// (BigNAS).
  case exponential
  /// Along half a cosine to `finalRateFraction` of itself (Loshchilov and Hutter 2017, without
  /// restarts; PyTorch's `CosineAnnealingLR`).
  case cosine
  /// By `decayRate` after each `decayEpochs` (PyTorch's `StepLR`).
  case step
}

extension TrainingRecipe {
  /// The learning rate of a step out of `total`: what the schedule says, times a linear warm-up.
  public func rate(step: Int, of total: Int) -> Float {
    let warmup = min(1, Float(step + 1) / Float(max(warmupSteps, 1)))
    let total = max(total, 1)
    let fraction: Float
    switch schedule {
    case .exponential:
      fraction = finalRateFraction.power(min(1, Double(step) / (0.9 * Double(total))))
    case .cosine:
      let cosine = cosine(ofHalfTurns: Double(step) / Double(total))
      fraction = finalRateFraction + (1 - finalRateFraction) * Float((1 + cosine) / 2)
    case .step:
      // Epochs are all of one length.
      let decays = min(step, total) * epochs / total / decayEpochs
      fraction = (0..<decays).reduce(1) { fraction, _ in fraction * decayRate }
    }
    return learningRate * warmup * fraction
  }
}

extension Float {
  /// self^exponent for an exponent from 0 to 1, by repeated square roots.
  fileprivate func power(_ exponent: Double) -> Float {
    guard exponent < 1 else { return self }
    var (rest, root, result) = (exponent, Double(self), 1.0)
    for _ in 0..<24 {
      root = root.squareRoot()
      rest *= 2
      if rest >= 1 {
        result *= root
        rest -= 1
      }
    }
    return Float(result)
  }
}

/// cos(pi x) for x from 0 to 1, turned there by quarters, eighths and so on of a turn.
private func cosine(ofHalfTurns x: Double) -> Double {
  guard x < 1 else { return -1 }
  var (rest, cosine, sine) = (x, 1.0, 0.0)
  // The angle to turn by next.
  var (next, nextSine) = (0.0, 1.0)
  for _ in 0..<40 {
    rest *= 2
    if rest >= 1 {
      (cosine, sine) = (cosine * next - sine * nextSine, sine * next + cosine * nextSine)
      rest -= 1
    }
    let half = ((1 + next) / 2).squareRoot()
    (next, nextSine) = (half, nextSine / (2 * half))
  }
  return cosine
}
