import Operators
import Supernets

/// The sum of the lengths of every weight's gradient of the loss (Abdelfattah and others 2021).
public struct GradientNorm: ZeroCostScore {
  public func score(of subject: UntrainedNetwork) throws -> Double {
    let (images, labels) = (subject.batch.images, subject.batch.labels)
    let count = images.shape[0]
    return try subject.gradients {
      let tape = Tape(recording: true)
      let logits = try subject.pass(Variable(images), tape: tape)
      let loss = try tape.apply(
        CrossEntropy(.labels(smoothing: 0)), logits, Variable(labels))
      try tape.backward(from: loss, gradient: try subject.constant([count], 1 / Float(count)))
    }.reduce(0) { sum, parameter in
      let (role, gradient) = parameter
      guard role == .convolution || role == .linear else { return sum }
      return sum + gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
  }
}
