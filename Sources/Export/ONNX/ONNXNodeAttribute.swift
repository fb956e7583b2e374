#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A setting of an ONNX node: `axis`, `strides`.
public struct ONNXNodeAttribute {
  let message: ONNXAttribute

  private init(_ name: String, _ kind: ONNXAttribute.Kind, _ set: (inout ONNXAttribute) -> Void) {
    var message = ONNXAttribute()
    (message.name, message.type) = (name, kind)
    set(&message)
    self.message = message
  }

  public static func int(_ name: String, _ value: Int) -> Self {
    Self(name, .int) { $0.i = Int64(value) }
  }

  public static func ints(_ name: String, _ values: [Int]) -> Self {
    Self(name, .ints) { $0.ints = values.map(Int64.init) }
  }

  public static func float(_ name: String, _ value: Float) -> Self {
    Self(name, .float) { $0.f = value }
  }

  public static func string(_ name: String, _ value: String) -> Self {
    Self(name, .string) { $0.s = Data(value.utf8) }
  }

  static func tensor(_ name: String, _ value: ONNXTensor) -> Self {
    Self(name, .tensor) { $0.t = value }
  }
}
