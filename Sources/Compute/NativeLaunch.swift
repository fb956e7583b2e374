import NativeKernels

/// A kernel's call made ready: every parameter in a slot of eight bytes, `items` first.
struct NativeLaunch {
  let function: native_kernel
  let items: Int32
  let slots: [UInt64]

  func run(on pool: OpaquePointer) {
    slots.withUnsafeBufferPointer {
      guard let parameters = $0.baseAddress else { return }
      native_pool_run(pool, function, parameters, items)
    }
  }
}
