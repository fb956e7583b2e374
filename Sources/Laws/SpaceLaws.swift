import Datasets
@_exported import Export
import Operators
import Search

/// What every space of networks must satisfy.
public enum SpaceLaws {
  /// Architectures to try: the extremes and seeded random ones.
  static func sample(_ space: any NetworkSpace, random count: Int) -> [Architecture] {
    var generator = SeededGenerator(seed: 5)
    return [space.largest, space.smallest]
      + (0..<count).map { _ in space.searchSpace.random(using: &generator) }
  }

  /// Every architecture builds from the shared parameters, gives logits of the right shape, can
  /// be told by its text, and, if the space is elastic, costs no more than the largest.
  public static func violations(of space: any NetworkSpace, random count: Int = 20) throws
    -> [Violation]
  {
    var violations: [Violation] = []
    let shared = try space.parameterLayout()
    let largest = try space.cost(of: space.largest)
    for architecture in sample(space, random: count) {
      let subject = "\(space.name) \(space.text(of: architecture))"
      let output = try space.outputShape(of: architecture, batch: 3)
      if output != [3, space.classes] {
        violations.append(Violation("output shape", of: subject, "\(output)"))
      }
      for entry in try space.parameterLayout(of: architecture).entries {
        let whole = shared[entry.name]?.shape
        let fits = whole.map { zip(entry.shape, $0).allSatisfy { $0 <= $1 } } ?? false
        if !fits {
          violations.append(
            Violation(
              "parameters are slices of the shared ones", of: subject,
              "\(entry.name) \(entry.shape) of \(whole ?? [])"))
        }
      }
      let reread = try space.architecture(text: space.text(of: architecture))
      if space.canonicalText(of: reread) != space.canonicalText(of: architecture) {
        violations.append(
          Violation("is read back from its text", of: subject, space.text(of: reread)))
      }
      let cost = try space.cost(of: architecture)
      let isMost =
        cost.multiplyAdds <= largest.multiplyAdds && cost.parameters <= largest.parameters
      if cost.multiplyAdds <= 0 || space.isElastic && !isMost {
        violations.append(Violation("costs at most the largest", of: subject, "\(cost)"))
      }
    }
    return violations
  }

  /// A subnet cut out and standing alone answers exactly as inside the supernet.
  public static func exportViolations(
    of space: any NetworkSpace, on device: any Device, random count: Int = 3
  ) throws -> [Violation] {
    let supernet = try Supernet(space, on: device, seed: 3)
    var violations: [Violation] = []
    for architecture in sample(space, random: count) {
      let side = space.resolution(of: architecture)
      var generator = SeededGenerator(seed: 8)
      let pixels = (0..<4 * side * side * space.channels).map { _ in
        Float.random(in: -1..<1, using: &generator)
      }
      let images = try device.tensor(pixels, [4, side, side, space.channels])
      let batchNorm = try supernet.recalibrated(architecture, images: [images])
      let alone = try ExportedSubnet(
        architecture, of: supernet, batchNorm: batchNorm,
        normalization: PixelStatistics(
          mean: [Float](repeating: 0, count: space.channels),
          standardDeviation: [Float](repeating: 1, count: space.channels)),
        classNames: (0..<space.classes).map(String.init), imageSize: side)
      func logits(_ network: Supernet, _ architecture: Architecture) throws -> [UInt32] {
        try device.read(
          try network.logits(
            architecture, images, mode: .inference(batchNorm), tape: Tape(recording: false)
          ).value
        ).map(\.bitPattern)
      }
      if try logits(supernet, architecture) != logits(alone.network, alone.architecture) {
        violations.append(
          Violation(
            "alone as inside the supernet", of: space.text(of: architecture),
            "logits differ"))
      }
    }
    return violations
  }
}
