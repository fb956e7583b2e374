#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Operators
import Supernets

/// ln of the sum of |w dR/dw|, R the sum of the logits of an image of ones through the absolute
/// values of the weights, without batch norm (Tanaka and others 2020, as a score by Abdelfattah and
/// others 2021).
public struct SynFlow: ZeroCostScore {
  public func score(of subject: UntrainedNetwork) throws -> Double {
    let (network, device) = (subject.network, subject.device)
    let weights = try device.read(network.parameters).map(abs)
    try device.write(weights, to: network.parameters)
    let side = network.space.resolution(of: subject.architecture)
    // A deep network's flow may pass float32's range; being linear in the image, it is measured on
    // a darker one.
    for exponent in [0, 15, 30] {
      let level = pow(10, -Double(exponent))
      let images = try subject.constant([1, side, side, network.space.channels], Float(level))
      let gradients = try subject.gradients {
        let tape = Tape(recording: true)
        let logits = try subject.pass(Variable(images), mode: .withoutBatchNorm, tape: tape)
        try tape.backward(from: logits, gradient: try subject.constant(logits.shape, 1))
      }
      let flow = gradients.reduce(0.0) { sum, parameter in
        parameter.1.indices.reduce(sum) { $0 + abs(Double(weights[$1]) * Double(parameter.1[$1])) }
      }
      // Where nothing flows, as far below all others as a double can tell.
      if flow.isFinite { return log(max(flow, .leastNormalMagnitude)) - log(level) }
    }
    throw EstimationError("synflow: more flows through \(subject.architecture) than a float holds")
  }
}
