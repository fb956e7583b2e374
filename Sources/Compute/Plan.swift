/// Work made ready once, to be run many times on the same memory.
///
/// It computes from what its inputs hold then: for new inputs, write to their tensors, and run. Its
/// parameters may be those of when it was made (`Device.once`).
public protocol Plan: AnyObject {
  /// What the work has left, the first time when the plan was made.
  var output: Tensor { get }
  /// What the work leaves, until the next run.
  func run() throws -> Tensor
}

/// The plan of a device that has nothing to make ready.
final class RepeatedWork: Plan {
  private(set) var output: Tensor
  private let work: () throws -> Tensor

  init(_ work: @escaping () throws -> Tensor) throws {
    self.work = work
    output = try work()
  }

  func run() throws -> Tensor {
    output = try work()
    return output
  }
}
