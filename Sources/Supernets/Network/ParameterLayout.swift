import Operators

/// What a parameter is for: how it starts, and whether weight decay touches it.
public enum ParameterRole: String, Sendable {
  /// [Ky,Kx,Ci/groups,Co]; slices take the kernel's centre and the first channels.
  case convolution
  /// [Ci,Co].
  case linear
  case bias
  case gamma
  /// The last gamma of a residual block starts at zero, so the block starts as the identity.
  case lastGamma
  case beta

  var decays: Bool { self == .convolution || self == .linear }

  /// The standard deviation it starts with (He and others 2015, fan-in), or nil for a constant.
  func deviation(_ shape: Shape) -> Double? {
    switch self {
    case .convolution: (2 / Double(shape[0] * shape[1] * shape[2])).squareRoot()
    case .linear: (1 / Double(shape[0])).squareRoot()
    default: nil
    }
  }

  var constant: Float { self == .gamma ? 1 : 0 }
}

/// Where each shared parameter lies in one flat block: decayed ones first, then the others.
public struct ParameterLayout: Sendable {
  public struct Entry: Sendable {
    public let name: String
    public let role: ParameterRole
    public let shape: Shape
    public internal(set) var offset = 0

    public var count: Int { shape.product }
  }

  /// Every parameter begins on a multiple of this many elements: a cache line.
  static let alignment = 16

  public private(set) var entries: [Entry] = []
  private var index: [String: Int] = [:]
  /// Elements of the block, and how many of its first ones weight decay touches.
  public private(set) var count = 0
  public private(set) var decayed = 0

  /// Lays out parameters in the order declared; a name declared again grows to cover both shapes.
  init(_ declarations: [(name: String, role: ParameterRole, shape: Shape)]) {
    var merged: [Entry] = []
    var positions: [String: Int] = [:]
    for declaration in declarations {
      if let at = positions[declaration.name] {
        precondition(merged[at].shape.count == declaration.shape.count, declaration.name)
        merged[at] = Entry(
          name: declaration.name, role: declaration.role,
          shape: Shape(zip(merged[at].shape, declaration.shape).map(max)))
      } else {
        positions[declaration.name] = merged.count
        merged.append(
          Entry(name: declaration.name, role: declaration.role, shape: declaration.shape))
      }
    }
    for decays in [true, false] {
      for var entry in merged where entry.role.decays == decays {
        entry.offset = count
        index[entry.name] = entries.count
        entries.append(entry)
        count += entry.count.dividedRoundingUp(by: Self.alignment) * Self.alignment
      }
      if decays { decayed = count }
    }
  }

  public subscript(_ name: String) -> Entry? { index[name].map { entries[$0] } }

  /// A view of an entry's slice in a block: a kernel's centre, the first of everything else.
  func slice(_ name: String, _ shape: Shape, of block: Tensor) -> Tensor {
    guard let entry = self[name] else { preconditionFailure("no parameter \(name)") }
    var starts = Shape(repeating: 0, count: shape.count)
    if entry.role == .convolution {
      for axis in 0..<2 { starts[axis] = (entry.shape[axis] - shape[axis]) / 2 }
    }
    return Tensor(
      storage: block.storage, offset: block.offset + entry.offset, shape: entry.shape
    ).slice(from: starts, sizes: shape)
  }
}
