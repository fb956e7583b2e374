import Synchronization

/// A sum that any thread adds to.
final class Counter: Sendable {
  private let sum = Atomic(0)
  var value: Int { sum.load(ordering: .sequentiallyConsistent) }
  func add(_ number: Int) { sum.add(number, ordering: .sequentiallyConsistent) }
}
