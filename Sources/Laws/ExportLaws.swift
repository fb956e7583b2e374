import Datasets
import Export
import Operators
import Search
import SwiftProtobuf

/// What every exported network must satisfy.
public enum ExportLaws {
  /// The ONNX model, read back from its bytes, gives what the network itself gives: for images of
  /// its own resolution and of another, for more than one image, with batch norm folded and kept.
  public static func onnxViolations(
    of space: any NetworkSpace, on device: any Device, random count: Int = 4
  ) throws -> [Violation] {
    let supernet = try Supernet(space, on: device, seed: 3)
    var violations: [Violation] = []
    for (index, architecture) in SpaceLaws.sample(space, random: count).enumerated() {
      let subnet = try subnet(architecture, of: supernet, isResized: index % 2 == 1)
      let (pixels, ours) = try answer(of: subnet)
      for batchNorm in ExportedBatchNorm.allCases {
        let subject = "\(space.text(of: architecture)), batch norm \(batchNorm)"
        let model = try ONNXModel(
          serializedBytes: try subnet.onnx(batchNorm: batchNorm).serializedBytes() as [UInt8])
        do {
          let theirs = try ONNXInterpreter.run(model.graph, pixels)
          if theirs.shape != [pixels.shape[0], space.classes] {
            violations.append(Violation("shape in ONNX", of: subject, "\(theirs.shape)"))
          } else if let difference = Comparison(ours, theirs.values).disagreement {
            violations.append(Violation("the same logits in ONNX", of: subject, difference))
          }
        } catch let fault as ONNXInterpreter.Fault {
          violations.append(Violation("a sound ONNX graph", of: subject, "\(fault)"))
        }
        if model.graph.input[0].type.tensorType.shape.dim[0].dimParam != "N" {
          violations.append(Violation("an open batch in ONNX", of: subject, "\(model.graph.input)"))
        }
        let operators = model.graph.node.map(\.opType)
        let joined = zip(operators, operators.dropFirst()).contains {
          $0 == "Conv" && $1 == "BatchNormalization"
        }
        if batchNorm == .keep, operators.contains("Conv"), !joined {
          violations.append(Violation("batch norm is kept", of: subject, "\(operators)"))
        }
      }
    }
    return violations
  }

  private static func subnet(
    _ architecture: Architecture, of supernet: Supernet, isResized: Bool
  ) throws -> ExportedSubnet {
    let space = supernet.space
    let side = space.resolution(of: architecture)
    var generator = SeededGenerator(seed: 8)
    let pixels = (0..<4 * side * side * space.channels).map { _ in
      Float.random(in: -1..<1, using: &generator)
    }
    let images = try supernet.device.tensor(pixels, [4, side, side, space.channels])
    return try ExportedSubnet(
      architecture, of: supernet,
      batchNorm: try supernet.recalibrated(architecture, images: [images]),
      normalization: PixelStatistics(
        mean: (0..<space.channels).map { 0.3 + 0.1 * Float($0) },
        standardDeviation: (0..<space.channels).map { 0.2 + 0.05 * Float($0) }),
      classNames: (0..<space.classes).map(String.init), imageSize: isResized ? side + 3 : side)
  }

  /// Two images of pixels from 0 to 255 as [N,C,H,W], and our logits.
  private static func answer(
    of subnet: ExportedSubnet
  ) throws -> (pixels: ONNXInterpreter.Values, logits: [Float]) {
    let (count, side, channels) = (2, subnet.imageSize, subnet.network.space.channels)
    let plane = side * side
    var generator = SeededGenerator(seed: 9)
    let pixels = (0..<count * channels * plane).map { _ in
      Double(Int.random(in: 0...255, using: &generator))
    }
    let normal = subnet.normalization
    let ours = (0..<pixels.count).map { i -> Float in
      let (c, position, n) = (i % channels, i / channels % plane, i / (channels * plane))
      let pixel = Float(pixels[(n * channels + c) * plane + position])
      return (pixel / 255 - normal.mean[c]) / normal.standardDeviation[c]
    }
    let device = subnet.network.device
    let logits = try subnet.network.logits(
      subnet.architecture, try device.tensor(ours, [count, side, side, channels]),
      mode: .inference(subnet.batchNorm), tape: Tape(recording: false)
    ).value
    return (
      ONNXInterpreter.Values(shape: [count, channels, side, side], values: pixels),
      try device.read(logits)
    )
  }
}
