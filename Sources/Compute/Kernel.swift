/// A kernel as a value: a function of one of the files in `kernels/`.
public struct Kernel: Hashable, Sendable {
  /// The file's name without `.cl`.
  public let file: String
  public let function: String
  /// Work-items of a group, where the kernel is written for that many; its items are a multiple.
  public let groupSize: Int?
  /// Whether all rows that it reads or writes begin at whole vectors, so that it need not ask:
  /// OpenCL compiles its file with `ALIGNED`.
  public var isAligned = false
  /// What the activations that it reads or writes are stored as: for halves its file is compiled
  /// once more, with `HALVES`.
  public let element: Element

  public init(
    _ file: String, _ function: String, groupSize: Int? = nil, on element: Element = .float
  ) {
    self.file = file
    self.function = function
    self.groupSize = groupSize
    self.element = element
  }

  /// Every launch looks its kernel up, and hardly any two share a function's name.
  public func hash(into hasher: inout Hasher) { hasher.combine(function) }
}

/// What a kernel is called with, in the order of its parameters after `items`.
public enum KernelArgument {
  /// Two parameters: the storage's pointer and the offset in elements.
  case storage(Storage, offset: Int)
  /// Two parameters: a null pointer and a zero.
  case none
  case int(Int)
  case long(Int)
  case float(Float)

  public static func tensor(_ tensor: Tensor) -> KernelArgument {
    .storage(tensor.storage, offset: tensor.offset)
  }
  public static func tensor(_ tensor: Tensor?) -> KernelArgument {
    tensor.map { .tensor($0) } ?? .none
  }
  public static func flag(_ value: Bool) -> KernelArgument { .int(value ? 1 : 0) }
}
