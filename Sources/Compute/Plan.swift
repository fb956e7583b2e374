/// Work made ready once, to be run many times on the same memory.
///
/// It computes from what its inputs hold then: for new inputs, write to their tensors, and run. Its
/// parameters may be those of when it was made (`Device.once`).
public protocol Plan: AnyObject {
  /// What the work leaves, until the next run.
  func run() throws -> Tensor
}

/// The plan of a device that has nothing to make ready.
final class RepeatedWork: Plan {
  private let work: () throws -> Tensor

  init(_ work: @escaping () throws -> Tensor) { self.work = work }

  func run() throws -> Tensor { try work() }
}
