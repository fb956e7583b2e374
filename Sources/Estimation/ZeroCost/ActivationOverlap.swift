import Operators
import Search
import Supernets

/// How unlike the binary codes of different images are, a bit for each rectified unit that is on:
/// ln of the determinant of how many units answer each two images alike (Mellor and others 2021,
/// "Neural architecture search without training", section 3).
public struct ActivationOverlap: ZeroCostScore {
  public func score(of subject: UntrainedNetwork) throws -> Double {
    let count = subject.batch.images.shape[0]
    var alike = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var units = 0
    let tape = Tape(
      recording: false,
      tap: { operation, _, output in
        guard operation.outputRectifies else { return }
        let values = try subject.device.read(try output.activations())
        let size = values.count / count
        units += size
        let codes = (0..<count).map { n in
          BitCode(values[n * size..<(n + 1) * size].lazy.map { $0 > 0 })
        }
        for i in 0..<count {
          for j in 0...i { alike[i][j] += Double(size - codes[i].differences(from: codes[j])) }
        }
      })
    _ = try subject.pass(Variable(subject.batch.images), tape: tape)
    // Images that no unit tells apart would make the determinant 0, its logarithm endless.
    for i in 0..<count { alike[i][i] += 1e-3 * Double(max(units, 1)) }
    guard let factor = CholeskyFactor(alike) else {
      throw EstimationError("naswot: no determinant for \(subject.architecture)")
    }
    return factor.logDeterminant
  }
}

extension Operator {
  /// Whether what it hands on went through a rectifier.
  fileprivate var outputRectifies: Bool {
    let activation =
      fused?.outputActivation ?? (self as? BatchNorm)?.activation
    return activation == .relu || activation == .relu6
  }
}

/// A row of bits, packed.
private struct BitCode {
  private var words: [UInt64] = []

  init(_ bits: some Sequence<Bool>) {
    var (word, filled) = (UInt64(0), 0)
    for bit in bits {
      word = word << 1 | (bit ? 1 : 0)
      filled += 1
      if filled == 64 {
        words.append(word)
        (word, filled) = (0, 0)
      }
    }
    words.append(word)
  }

  func differences(from other: BitCode) -> Int {
    var count = 0
    for i in words.indices { count += (words[i] ^ other.words[i]).nonzeroBitCount }
    return count
  }
}
