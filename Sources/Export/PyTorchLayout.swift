import Supernets

/// Parameters as PyTorch keeps them: convolutions [Co,Ci/groups,Ky,Kx], linear layers [Co,Ci].
enum PyTorchLayout {
  /// The permutation of our axes that gives PyTorch's.
  private static func axes(_ role: ParameterRole) -> [Int]? {
    switch role {
    case .convolution: [3, 2, 0, 1]
    case .linear: [1, 0]
    default: nil
    }
  }

  /// `stages.0.blocks.1.expand.conv` of `stages.0.blocks.1.expand.conv.weight`: its PyTorch module.
  static func module(of parameter: String) -> String {
    parameter.split(separator: ".").dropLast().joined(separator: ".")
  }

  /// The same without `conv` and `bn`: the layer that a convolution and its batch norm are.
  static func layer(of parameter: String) -> String {
    let module = module(of: parameter)
    return module.hasSuffix(".conv") ? String(module.dropLast(5)) : module
  }

  static func shape(_ shape: Shape, _ role: ParameterRole) -> [Int] {
    axes(role).map { $0.map { shape[$0] } } ?? Array(shape)
  }

  static func exported(_ values: [Float], _ shape: Shape, _ role: ParameterRole) -> [Float] {
    positions(shape, role).map { values[$0] }
  }

  static func imported(_ values: [Float], _ shape: Shape, _ role: ParameterRole) -> [Float] {
    var ours = values
    for (theirs, position) in positions(shape, role).enumerated() {
      ours[position] = values[theirs]
    }
    return ours
  }

  /// For each element in PyTorch's order, where it lies in ours.
  private static func positions(_ shape: Shape, _ role: ParameterRole) -> [Int] {
    guard let axes = axes(role) else { return Array(0..<shape.product) }
    let strides = shape.denseStrides
    var positions = [0]
    for axis in axes {
      positions = positions.flatMap { base in (0..<shape[axis]).map { base + $0 * strides[axis] } }
    }
    return positions
  }
}
