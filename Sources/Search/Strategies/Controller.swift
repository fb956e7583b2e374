#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A policy over architectures: for every dimension, the odds of its options.
///
/// The parameters are logits, `[option]` of the dimensions one after the other, trained by Adam
/// (Kingma and Ba 2015, arXiv 1412.6980).
struct Controller: Sendable {
  private let space: SearchSpace
  /// Where each dimension's options begin, and the end of the last.
  private let offsets: [Int]
  private var logits: [Double]
  /// What the logits come to: the chance of each option.
  private var chances: [Double]
  private var moments: [(mean: Double, square: Double)]
  private var steps = 0

  /// Every option is as likely as the others.
  init(for space: SearchSpace) {
    self.space = space
    offsets = space.dimensions.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.options.count) }
    logits = Array(repeating: 0, count: space.encodingLength)
    chances = logits
    moments = Array(repeating: (0, 0), count: space.encodingLength)
    updateChances()
  }

  private func options(of dimension: Int) -> Range<Int> {
    offsets[dimension]..<offsets[dimension + 1]
  }

  private mutating func updateChances() {
    for dimension in space.dimensions.indices {
      let options = options(of: dimension)
      let top = logits[options].max() ?? 0
      var sum = 0.0
      for option in options {
        chances[option] = exp(logits[option] - top)
        sum += chances[option]
      }
      for option in options { chances[option] /= sum }
    }
  }

  /// Draws the choice of every active dimension.
  func sample(using generator: inout SeededGenerator) -> Architecture {
    var choices = space.dimensions.map { _ in 0 }
    for dimension in choices.indices where space.isActive(dimension, given: choices) {
      var rest = generator.unit()
      let options = options(of: dimension)
      // Rounding can leave a rest beyond the last option.
      choices[dimension] = options.count - 1
      for (choice, option) in options.enumerated() {
        rest -= chances[option]
        guard rest < 0 else { continue }
        choices[dimension] = choice
        break
      }
    }
    return Architecture(choices)
  }

  /// The logarithm of the chance to draw an architecture.
  func logLikelihood(_ architecture: Architecture) -> Double {
    var sum = 0.0
    for dimension in space.dimensions.indices
    where space.isActive(dimension, given: architecture.choices) {
      sum += log(chances[offsets[dimension] + architecture.choices[dimension]])
    }
    return sum
  }

  /// A gradient of nothing, to be added to.
  var zeroGradient: [Double] { Array(repeating: 0, count: logits.count) }

  /// Adds the gradient of `weight` times the log-likelihood of an architecture.
  func addGradient(_ architecture: Architecture, weight: Double, to gradient: inout [Double]) {
    for dimension in space.dimensions.indices
    where space.isActive(dimension, given: architecture.choices) {
      for option in options(of: dimension) { gradient[option] -= weight * chances[option] }
      gradient[offsets[dimension] + architecture.choices[dimension]] += weight
    }
  }

  /// Adds the gradient of `weight` times the entropy of all dimensions: curiosity.
  func addEntropyGradient(weight: Double, to gradient: inout [Double]) {
    for dimension in space.dimensions.indices {
      let options = options(of: dimension)
      let logs = options.map { log(chances[$0]) }
      let entropy = -zip(options, logs).reduce(0) { $0 + chances[$1.0] * $1.1 }
      for (option, log) in zip(options, logs) {
        gradient[option] -= weight * chances[option] * (log + entropy)
      }
    }
  }

  /// Steps uphill by Adam.
  mutating func climb(_ gradient: [Double], rate: Double) {
    steps += 1
    let (meanDecay, squareDecay) = (0.9, 0.999)
    let meanBias = 1 - pow(meanDecay, Double(steps))
    let squareBias = 1 - pow(squareDecay, Double(steps))
    for index in logits.indices {
      moments[index].mean += (1 - meanDecay) * (gradient[index] - moments[index].mean)
      moments[index].square +=
        (1 - squareDecay) * (gradient[index] * gradient[index] - moments[index].square)
      let deviation = (moments[index].square / squareBias).squareRoot()
      let step = rate * moments[index].mean / meanBias / (deviation + 1e-8)
      // Bounded, so that no option's odds ever come to nothing.
      logits[index] = min(max(logits[index] + step, -8), 8)
    }
    updateChances()
  }
}
