#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Supernets
import SwiftProtobuf
import TensorFiles

/// What becomes of batch norm behind a convolution in ONNX.
public enum ExportedBatchNorm: String, CaseIterable, Sendable {
  /// It goes into the convolution's weights and bias.
  case fold
  /// It stays a node, with the names that PyTorch gives its parameters.
  case keep
}

extension ExportedSubnet {
  /// The first operator set in which `Resize` takes sizes of the axes that it resizes.
  static let opset: Int64 = 18

  /// Writes an ONNX model: `images` [N,C,H,W] of pixels from 0 to 255, as large as the images that
  /// the subnet was trained on, to `logits` [N,classes].
  public func writeONNX(to path: String, batchNorm: ExportedBatchNorm = .fold) throws {
    let bytes: [UInt8] = try onnx(batchNorm: batchNorm).serializedBytes()
    try AtomicFile.write(bytes, to: path)
  }

  package func onnx(batchNorm: ExportedBatchNorm) throws -> ONNXModel {
    var model = ONNXModel()
    // IR version 8 came before operator set 18, so whatever knows the set knows it.
    model.irVersion = 8
    (model.producerName, model.producerVersion) = ("supernet", SupernetVersion.text)
    var operators = ONNXOperatorSet()
    operators.version = Self.opset
    model.opsetImport = [operators]
    model.graph = try ONNXBuilder.build(
      try trace(), normalization: normalization, foldsBatchNorm: batchNorm == .fold)
    let space = network.space
    model.graph.name = space.name
    let size = Int64(imageSize)
    model.graph.input = [
      ONNXValueInfo(ONNXBuilder.input, batchOf: [Int64(space.channels), size, size])
    ]
    model.graph.output = [ONNXValueInfo(ONNXBuilder.output, batchOf: [Int64(space.classes)])]
    model.metadataProps = try metadata.map {
      var entry = ONNXEntry()
      (entry.key, entry.value) = ($0, $1)
      return entry
    }
    return model
  }

  func trace() throws -> NetworkTrace {
    try network.trace(architecture, statistics: batchNorm, side: imageSize)
  }

  /// What one must know to feed it and to read its answers; lists are JSON.
  private var metadata: KeyValuePairs<String, String> {
    get throws {
      func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(value), as: UTF8.self)
      }
      return [
        "space": network.space.name, "architecture": network.space.text(of: architecture),
        "classes": try json(classNames), "pixels": SubnetDescription.pixels,
        "mean": try json(normalization.mean),
        "std": try json(normalization.standardDeviation), "resolution": "\(resolution)",
      ]
    }
  }
}

extension ONNXValueInfo {
  /// A value of float32 whose first dimension is open.
  fileprivate init(_ name: String, batchOf sizes: [Int64]) {
    var batch = ONNXType.Dimension()
    batch.dimParam = "N"
    var tensor = ONNXType.Tensor()
    tensor.elemType = ONNXTensor.float
    tensor.shape.dim =
      [batch]
      + sizes.map {
        var dimension = ONNXType.Dimension()
        dimension.dimValue = $0
        return dimension
      }
    self.init()
    self.name = name
    type.tensorType = tensor
  }
}
