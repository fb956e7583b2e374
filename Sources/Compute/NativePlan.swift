import NativeKernels

/// A kernel's call made ready: every parameter in a slot of eight bytes, `items` first.
struct NativeLaunch {
  let function: native_kernel
  let items: Int32
  let slots: [UInt64]

  func run(on pool: OpaquePointer) {
    slots.withUnsafeBufferPointer { slots in
      withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: slots.count) { pointers in
        guard let base = slots.baseAddress, let first = pointers.baseAddress else { return }
        for i in slots.indices { (first + i).initialize(to: UnsafeRawPointer(base + i)) }
        native_pool_run(pool, function, first, items)
      }
    }
  }
}

/// Launches in the order in which they were made first: nothing is allocated, shaped or looked up
/// to make them again, which is most of the time of a small network.
final class NativePlan: Plan {
  let memory: PlannedMemory
  private let pool: OpaquePointer
  private var launches: [NativeLaunch] = []
  /// Memory that is not its own.
  private var inputs: [ObjectIdentifier: Storage] = [:]
  private var output: Tensor?

  init(_ memory: PlannedMemory, _ pool: OpaquePointer) {
    (self.memory, self.pool) = (memory, pool)
  }

  func append(_ launch: NativeLaunch, _ arguments: [Argument]) {
    launches.append(launch)
    for case .storage(let storage as NativeStorage, _) in arguments
    where storage.source !== memory {
      inputs[ObjectIdentifier(storage)] = storage
    }
  }

  func finish(_ output: Tensor) { self.output = output }

  func run() throws -> Tensor {
    guard let output else { preconditionFailure("a plan run before it is made") }
    for launch in launches { launch.run(on: pool) }
    return output
  }
}
