import Glibc

/// A linear classifier on pixels, the yardstick for how hard a data set is.
///
/// Loops over raw memory, since the tests run without optimisation too.
struct SoftmaxRegression {
  private var weights: [Float]
  private let inputs: Int
  private let classes: Int

  /// Plain stochastic gradient descent, one image at a time, with a falling step.
  init(images: [Float], labels: [Int32], classes: Int, epochs: Int, step: Float) {
    inputs = images.count / labels.count
    self.classes = classes
    weights = [Float](repeating: 0, count: inputs * classes)
    var scores = [Float](repeating: 0, count: classes)
    for epoch in 0..<epochs {
      let rate = step * (1 - Float(epoch) / Float(epochs))
      for (index, label) in labels.enumerated() {
        images.withUnsafeBufferPointer { pixels in
          guard let base = pixels.baseAddress else { return }
          learn(base + index * inputs, Int(label), rate, &scores)
        }
      }
    }
  }

  /// The share of images whose class is recognised.
  func accuracy(images: [Float], labels: [Int32]) -> Double {
    var scores = [Float](repeating: 0, count: classes)
    var right = 0
    images.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      for (index, label) in labels.enumerated() {
        score(base + index * inputs, &scores)
        if scores.indices.max(by: { scores[$0] < scores[$1] }) == Int(label) { right += 1 }
      }
    }
    return Double(right) / Double(labels.count)
  }

  private func score(_ image: UnsafePointer<Float>, _ scores: inout [Float]) {
    weights.withUnsafeBufferPointer { weights in
      for category in 0..<classes {
        let offset = category * inputs
        var sum: Float = 0
        var index = 0
        while index < inputs {
          sum += image[index] * weights[offset + index]
          index += 1
        }
        scores[category] = sum
      }
    }
  }

  private mutating func learn(
    _ image: UnsafePointer<Float>, _ label: Int, _ rate: Float, _ scores: inout [Float]
  ) {
    score(image, &scores)
    let shares = softmax(scores)
    weights.withUnsafeMutableBufferPointer { weights in
      for category in 0..<classes {
        let slope = rate * ((category == label ? 1 : 0) - shares[category])
        let offset = category * inputs
        var index = 0
        while index < inputs {
          weights[offset + index] += slope * image[index]
          index += 1
        }
      }
    }
  }
}

private func softmax(_ scores: [Float]) -> [Float] {
  let top = scores.max() ?? 0
  let powers = scores.map { exp($0 - top) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}
