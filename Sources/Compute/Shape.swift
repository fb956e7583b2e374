/// The sizes of a tensor's dimensions, outermost first: `[N,H,W,C]`; or its strides, in elements.
///
/// They lie in place, five at most: a step makes tensors by the thousand, and an array each would be
/// allocated, counted and freed.
public struct Shape: RandomAccessCollection, MutableCollection, RangeReplaceableCollection,
  ExpressibleByArrayLiteral, CustomStringConvertible, Sendable
{
  /// Zero past the last.
  @usableFromInline var sizes = [5 of Int](repeating: 0)
  @usableFromInline var used = 0

  @inlinable
  public var count: Int { used }

  @inlinable
  public init() {}

  @inlinable
  public init(arrayLiteral sizes: Int...) {
    for size in sizes { append(size) }
  }

  @inlinable
  public init(_ sizes: some Sequence<Int>) {
    for size in sizes { append(size) }
  }

  public init(repeating size: Int, count: Int) {
    for _ in 0..<count { append(size) }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  @inlinable
  public subscript(index: Int) -> Int {
    get {
      precondition(index >= 0 && index < count, "dimension \(index) of \(count)")
      return sizes[index]
    }
    set {
      precondition(index >= 0 && index < count, "dimension \(index) of \(count)")
      sizes[index] = newValue
    }
  }

  @inlinable
  public mutating func append(_ size: Int) {
    precondition(used < sizes.count, "more than \(sizes.count) dimensions")
    sizes[used] = size
    used += 1
  }

  public mutating func replaceSubrange(_ range: Range<Int>, with sizes: some Collection<Int>) {
    var all = Array(self)
    all.replaceSubrange(range, with: sizes)
    self = Shape(all)
  }

  /// All sizes multiplied: the elements of a tensor.
  public var product: Int {
    var product = 1
    for i in 0..<count { product *= sizes[i] }
    return product
  }

  /// The strides of elements that lie behind one another, the last dimension's innermost.
  public var denseStrides: Shape {
    var strides = self
    var stride = 1
    for i in indices.reversed() {
      strides.sizes[i] = stride
      stride *= sizes[i]
    }
    return strides
  }

  public var description: String { "\(Array(self))" }
}

extension Shape: Hashable {
  public static func == (a: Shape, b: Shape) -> Bool {
    for i in a.sizes.indices where a.sizes[i] != b.sizes[i] { return false }
    return a.count == b.count
  }

  public func hash(into hasher: inout Hasher) {
    for size in self { hasher.combine(size) }
    hasher.combine(count)
  }
}

/// As a list of numbers.
extension Shape: Codable {
  public init(from decoder: any Decoder) throws {
    let sizes = try [Int](from: decoder)
    guard sizes.count <= Shape().sizes.count else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(sizes.count) dimensions"))
    }
    self.init(sizes)
  }

  public func encode(to encoder: any Encoder) throws { try Array(self).encode(to: encoder) }
}
