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
