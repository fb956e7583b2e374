import NativeKernels

/// A kernel's call made ready: every parameter in a slot of eight bytes, `items` first.
struct NativeLaunch {
  let function: native_kernel
  let items: Int32
  let slots: [UInt64]

  func run(on pool: OpaquePointer) {
    slots.withUnsafeBufferPointer { Self.run(function, items: items, $0, on: pool) }
  }

  /// Calls a kernel whose parameters lie in `slots`.
  static func run(
    _ function: native_kernel, items: Int32, _ slots: UnsafeBufferPointer<UInt64>,
    on pool: OpaquePointer
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: slots.count) { pointers in
      guard let base = slots.baseAddress, let first = pointers.baseAddress else { return }
      for i in slots.indices { (first + i).initialize(to: UnsafeRawPointer(base + i)) }
      native_pool_run(pool, function, first, items)
    }
  }
}
