/// Tensors and text in one file of the safetensors format, which PyTorch and many others read.
///
/// The layout: a 64-bit little-endian header length, a JSON header, then the tensors' bytes.
/// Source: https://github.com/huggingface/safetensors#format
public struct SafetensorsFile: Sendable {
  /// The tensors; those of a file that was read come in the order of their bytes.
  public var tensors: [NamedTensor]
  /// Free text beside the tensors: the header's `__metadata__`.
  public var metadata: [String: String]
  /// Named in errors: the path that was read, if any.
  let source: String

  /// Gathers tensors to be written.
  public init(tensors: [NamedTensor] = [], metadata: [String: String] = [:]) {
    self.init(tensors: tensors, metadata: metadata, source: "safetensors")
  }

  init(tensors: [NamedTensor], metadata: [String: String], source: String) {
    self.tensors = tensors
    self.metadata = metadata
    self.source = source
  }

  /// The tensor of that name, if there is one.
  public func tensor(named name: String) -> NamedTensor? {
    tensors.first { $0.name == name }
  }

  /// The values of the tensor of that name, checked against the type and the shape asked for.
  ///
  /// Throws `FileError` where the tensor is absent or another one than expected.
  public func values<Scalar: TensorScalar>(
    _ type: Scalar.Type = Scalar.self, name: String, shape: [Int]
  ) throws -> [Scalar] {
    guard let tensor = tensor(named: name) else {
      throw error("there is no tensor '\(name)'", "check which model wrote it")
    }
    guard tensor.shape == shape, tensor.elementType == Scalar.elementType else {
      throw error(
        "tensor '\(name)' is \(tensor.elementType.rawValue) \(tensor.shape), not "
          + "\(Scalar.elementType.rawValue) \(shape)", "check which model wrote it")
    }
    return tensor.bytes.withUnsafeBytes { bytes in
      [Scalar](unsafeUninitializedCapacity: tensor.count) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        count = tensor.count
      }
    }
  }

  /// The values of an F32 tensor of that name and shape.
  public func floats(name: String, shape: [Int]) throws -> [Float] {
    try values(name: name, shape: shape)
  }

  private func error(_ problem: String, _ advice: String) -> FileError {
    FileError(path: source, problem: problem, advice: advice)
  }
}
