import Operators
import Search

/// Judges by a model that was fitted to examples, which another estimator judges first.
///
/// The first question draws the examples at random, judges and learns them; later ones cost next to
/// nothing. An example itself is answered with what was measured.
public final class PredictorEstimator: Estimator {
  private let reference: any Estimator
  private let model: any RegressionModel
  private let space: SearchSpace
  private let exampleCount: Int
  private let seed: UInt64
  private var learnt: (model: any FittedModel, known: [Architecture: Double])?

  /// - Parameters:
  ///   - model: what learns.
  ///   - reference: what judges the examples.
  ///   - space: of the candidates.
  ///   - examples: how many to learn from.
  ///   - seed: of the examples that are drawn.
  public init(
    _ model: any RegressionModel, of reference: any Estimator, in space: SearchSpace,
    examples: Int = 64, seed: UInt64
  ) {
    self.model = RankedRegression(model)
    self.reference = reference
    self.space = space
    exampleCount = examples
    self.seed = seed
  }

  public let metrics = [PredictorEstimator.top1, deviation]
  public var settings: [String: String] {
    reference.settings.merging(["examples": "\(exampleCount)", "seed": "\(seed)"]) { $1 }
  }

  public func metrics(
    of architecture: Architecture, fidelity: Double, seed: UInt64
  ) throws -> [String: Double] {
    let (model, known) = try learnt ?? learn()
    if let value = known[architecture] { return [Self.top1: value, Self.deviation: 0] }
    let prediction = model.prediction(of: space.oneHot(architecture))
    return [Self.top1: prediction.mean, Self.deviation: prediction.deviation]
  }

  public func prepare() throws { if learnt == nil { _ = try learn() } }

  private func learn() throws -> (model: any FittedModel, known: [Architecture: Double]) {
    var generator = SeededGenerator(seed: seed, stream: -1)
    var known: [Architecture: Double] = [:]
    var (examples, tries) = ([Architecture](), 0)
    // A space may be smaller than the sample; a table may lack a line.
    while examples.count < exampleCount, tries < 20 * exampleCount {
      tries += 1
      let architecture = space.random(using: &generator)
      guard known[architecture] == nil else { continue }
      do {
        known[architecture] = try reference.metrics(
          of: architecture, fidelity: 1, seed: seed)[reference.metric]
        if known[architecture] != nil { examples.append(architecture) }
      } catch is EstimationError {
        continue
      } catch let error as DeviceError where error.cause != .lost { continue }
    }
    guard !examples.isEmpty else {
      throw EstimationError("none of \(tries) architectures could be judged to learn from")
    }
    let fitted = model.fitted(
      to: examples.map(space.oneHot), examples.compactMap { known[$0] })
    learnt = (fitted, known)
    return (fitted, known)
  }
}
