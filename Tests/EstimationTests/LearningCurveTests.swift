import Estimation
import Foundation
import Search
import Testing

@Suite struct LearningCurveTests {
  struct Curve: Sendable, CustomTestStringConvertible {
    let name: String
    let accuracy: @Sendable (Double) -> Double
    var testDescription: String { name }
  }

  /// Curves of the families and one of none.
  private static let curves = [
    Curve(name: "power") { 0.92 - 0.5 * pow($0, -0.8) },
    Curve(name: "exponential") { 0.88 - 0.6 * exp(-0.35 * $0) },
    Curve(name: "sigmoid") { 0.1 + 0.75 / (1 + pow($0 / 4, -1.6)) },
    Curve(name: "two speeds") { 0.9 - 0.3 * exp(-0.8 * $0) - 0.1 / $0 },
  ]

  private func points(_ curve: Curve, _ count: Int) -> [Double] {
    var generator = SeededGenerator(seed: 5)
    return (1...count).map { curve.accuracy(Double($0)) + 0.008 * (generator.unit() - 0.5) }
  }

  /// From 8 epochs, the accuracy after 30: near, and within its own uncertainty.
  @Test(arguments: curves)
  func theEndIsForetold(_ curve: Curve) {
    let prediction = LearningCurve(points(curve, 8)).prediction(after: 30)
    let error = abs(prediction.mean - curve.accuracy(30))
    print("\(curve.name): \(prediction.mean) +- \(prediction.deviation), is \(curve.accuracy(30))")
    #expect(error < 0.06)
    #expect(error < 2.5 * prediction.deviation)
    #expect(prediction.deviation < 0.12)
  }

  @Test func uncertaintyShrinksWithPoints() {
    let deviations = [3, 6, 12, 24].map {
      LearningCurve(points(Self.curves[0], $0)).prediction(after: 30).deviation
    }
    #expect(zip(deviations, deviations.dropFirst()).allSatisfy { $0 > $1 })
  }

  /// What has flattened far below a mark is given up, what may still pass it is not.
  @Test func theHopelessAreTold() {
    let flat = LearningCurve([0.4, 0.55, 0.58, 0.59, 0.592, 0.593])
    #expect(flat.probability(above: 0.8, after: 20) < 0.05)
    let rising = LearningCurve([0.3, 0.42, 0.52, 0.6, 0.66])
    #expect(rising.probability(above: 0.7, after: 20) > 0.5)
  }
}
