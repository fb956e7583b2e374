import Operators

/// One operator of a network's forward pass, at the sizes that it has there.
public struct Layer: Sendable {
  /// What its parameters' names begin with; that of the layer before where it has none.
  public var name: String
  public var `operator`: any Operator
  public var inputs: [Shape]

  public var kind: String { String(describing: type(of: `operator`)) }
  public var output: Shape { `operator`.outputShape(inputs) }
  public var multiplyAdds: Int { `operator`.multiplyAdds(inputs) }

  /// Bytes of float32 that it moves if each tensor is moved once.
  public var bytes: Int {
    let elements = (inputs + [output]).reduce(0) { $0 + $1.product }
    return elements * MemoryLayout<Float>.stride
  }

  /// What two layers share that are the same work: `Linear 1x64 64x10 10`.
  public var configuration: String {
    let settings = Self.leaves(of: `operator`).map { "\($0)=\($1)" }
    let shapes = inputs.map { $0.map(String.init).joined(separator: "x") }
    return ([kind] + settings + shapes).joined(separator: " ")
  }

  /// A value's stored properties and theirs, in order, the innermost ones.
  private static func leaves(of value: Any) -> [(String, String)] {
    Mirror(reflecting: value).children.flatMap { child -> [(String, String)] in
      let inner = Mirror(reflecting: child.value)
      guard inner.displayStyle == .struct, !inner.children.isEmpty else {
        return [(child.label ?? "", String(describing: child.value))]
      }
      return leaves(of: child.value)
    }
  }
}

extension Layer {
  /// `stages.0.blocks.1.expand` of `stages.0.blocks.1.expand.conv.weight`.
  static func name(of parameter: String) -> String {
    var parts = parameter.split(separator: ".")
    if parts.count > 1 { parts.removeLast() }
    if parts.count > 1, parts.last == "conv" { parts.removeLast() }
    return parts.joined(separator: ".")
  }
}
