/// How a number lies in memory.
public enum Element: Sendable {
  /// float32.
  case float
  /// float16: what convolutions may hand on in training (`kernels/element.h`).
  case half

  public var byteCount: Int { self == .float ? 4 : 2 }
}

/// A view of numbers in a device's storage: offset and strides in elements.
public struct Tensor {
  public let storage: Storage
  public let element: Element
  public let offset: Int
  public let shape: Shape
  public let strides: Shape

  public init(
    storage: Storage, element: Element = .float, offset: Int = 0, shape: Shape,
    strides: Shape? = nil
  ) {
    self.storage = storage
    self.element = element
    self.offset = offset
    self.shape = shape
    self.strides = strides ?? shape.denseStrides
    precondition(self.strides.count == shape.count, "strides \(self.strides) for shape \(shape)")
  }

  public var device: any Device { storage.device }
  public var count: Int { shape.product }
  public var isDense: Bool { strides == shape.denseStrides }

  /// The same numbers under another shape; only of a dense tensor.
  public func reshaped(_ newShape: Shape) -> Tensor {
    precondition(isDense && newShape.product == count, "reshape \(shape) to \(newShape)")
    return Tensor(storage: storage, element: element, offset: offset, shape: newShape)
  }

  /// The part from `starts` of the size `sizes`, a view of the same storage.
  public func slice(from starts: Shape, sizes: Shape) -> Tensor {
    precondition(starts.count == shape.count && sizes.count == shape.count, "slice of \(shape)")
    var start = offset
    for i in shape.indices {
      precondition(
        starts[i] >= 0 && starts[i] + sizes[i] <= shape[i], "slice \(starts)+\(sizes) of \(shape)")
      start += starts[i] * strides[i]
    }
    return Tensor(
      storage: storage, element: element, offset: start, shape: sizes, strides: strides)
  }
}

extension Device {
  public func empty(_ shape: Shape, of element: Element = .float) throws -> Tensor {
    Tensor(
      storage: try allocate(byteCount: shape.product * element.byteCount), element: element,
      shape: shape)
  }

  public func tensor(_ values: [Float], _ shape: Shape) throws -> Tensor {
    precondition(values.count == shape.product, "\(values.count) values for \(shape)")
    let tensor = try empty(shape)
    try write(values, to: tensor)
    return tensor
  }

  public func write(_ values: [Float], to tensor: Tensor) throws {
    precondition(
      tensor.isDense && tensor.element == .float && values.count == tensor.count,
      "write to \(tensor.shape)")
    try values.withUnsafeBytes {
      try write($0, to: tensor.storage, at: tensor.offset * MemoryLayout<Float>.stride)
    }
  }

  /// A tensor's floats in row-major order, whatever its strides.
  public func read(_ tensor: Tensor) throws -> [Float] {
    precondition(tensor.element == .float, "read halves of \(tensor.shape)")
    guard !tensor.isDense else { return try readSpan(tensor, count: tensor.count) }
    let last = zip(tensor.shape, tensor.strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    let span = try readSpan(tensor, count: last + 1)
    var indices = [0]
    for (size, stride) in zip(tensor.shape, tensor.strides) {
      indices = indices.flatMap { base in (0..<size).map { base + $0 * stride } }
    }
    return indices.map { span[$0] }
  }

  private func readSpan(_ tensor: Tensor, count: Int) throws -> [Float] {
    guard count > 0 else { return [] }
    var values = [Float](repeating: 0, count: count)
    try values.withUnsafeMutableBytes {
      try read(tensor.storage, at: tensor.offset * MemoryLayout<Float>.stride, into: $0)
    }
    return values
  }
}
