/// A tensor as a file holds it: a name, a shape, a type of element, and little-endian bytes.
public struct NamedTensor: Equatable, Sendable {
  /// The element types of the safetensors format that this module reads and writes.
  public enum ElementType: String, CaseIterable, Sendable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Size of one element in bytes.
    public var byteCount: Int {
      switch self {
      case .float64, .int64, .uint64: 8
      case .float32, .int32, .uint32: 4
      case .float16, .bfloat16, .int16, .uint16: 2
      case .int8, .uint8, .bool: 1
      }
    }
  }

  /// The name, unique within its file.
  public let name: String
  /// The extents, outermost first; empty for a scalar.
  public let shape: [Int]
  /// The type of every element.
  public let elementType: ElementType
  /// The elements in row-major order, little-endian.
  public let bytes: [UInt8]

  /// Makes a tensor from raw little-endian bytes, as many as the shape asks for.
  public init(name: String, shape: [Int], elementType: ElementType, bytes: [UInt8]) {
    precondition(
      byteCount(shape, elementType) == bytes.count,
      "tensor '\(name)' of shape \(shape) and type \(elementType.rawValue) given "
        + "\(bytes.count) bytes")
    self.name = name
    self.shape = shape
    self.elementType = elementType
    self.bytes = bytes
  }

  /// Makes a tensor from values in row-major order, as many as the shape asks for.
  public init<Scalar: TensorScalar>(name: String, shape: [Int], values: [Scalar]) {
    self.init(
      name: name, shape: shape, elementType: Scalar.elementType,
      bytes: values.withUnsafeBytes { [UInt8]($0) })
  }

  /// The number of elements.
  public var count: Int { bytes.count / elementType.byteCount }
}

/// A Swift type whose memory is that of an element type of the file (hosts are little-endian).
public protocol TensorScalar: BitwiseCopyable, Sendable {
  /// The name of this type in a file.
  static var elementType: NamedTensor.ElementType { get }
  /// The value that fresh memory starts with.
  init()
}

extension Double: TensorScalar { public static let elementType = NamedTensor.ElementType.float64 }
extension Float: TensorScalar { public static let elementType = NamedTensor.ElementType.float32 }
extension Int64: TensorScalar { public static let elementType = NamedTensor.ElementType.int64 }
extension Int32: TensorScalar { public static let elementType = NamedTensor.ElementType.int32 }
extension UInt64: TensorScalar { public static let elementType = NamedTensor.ElementType.uint64 }
extension UInt32: TensorScalar { public static let elementType = NamedTensor.ElementType.uint32 }
extension UInt8: TensorScalar { public static let elementType = NamedTensor.ElementType.uint8 }

/// The bytes that a shape takes, or nil where an extent is negative or the product too large.
func byteCount(_ shape: [Int], _ elementType: NamedTensor.ElementType) -> Int? {
  var total = elementType.byteCount
  for extent in shape {
    let (product, overflow) = total.multipliedReportingOverflow(by: extent)
    guard extent >= 0, !overflow else { return nil }
    total = product
  }
  return total
}
