import NativeKernels

/// Launches that wait, to be run in order when somebody looks.
///
/// Kernels sweep the caches: to make a launch ready between two of them takes more than twice as long
/// as to make one after another ready.
final class NativeQueue {
  private struct Waiting {
    let function: native_kernel
    let items: Int32
    /// How many of the slots are its.
    let slots: Int
  }

  /// Launches that wait at most, more than a step has; where memory that was let go is forbidden, each
  /// runs at once.
  private static let most = native_forbids() == 0 ? 2048 : 1

  private let pool: OpaquePointer
  private var waiting: [Waiting] = []
  /// Their parameters, one launch behind the other.
  private var slots = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 131_072)
  private var used = 0

  init(pool: OpaquePointer) {
    self.pool = pool
    waiting.reserveCapacity(Self.most)
  }

  deinit { slots.deallocate() }

  /// Room for the parameters of the next launch, of which there are `count` at most.
  func room(for count: Int) -> UnsafeMutableBufferPointer<UInt64> {
    if used + count > slots.count {
      run()
      if count > slots.count {
        slots.deallocate()
        slots = .allocate(capacity: count)
      }
    }
    return .init(rebasing: slots[used..<used + count])
  }

  /// Takes the launch whose parameters are the first `count` there is room for.
  func append(_ function: native_kernel, items: Int32, slots count: Int) {
    waiting.append(Waiting(function: function, items: items, slots: count))
    used += count
    if waiting.count >= Self.most { run() }
  }

  /// Runs all that waits.
  func run() {
    guard !waiting.isEmpty, let parameters = slots.baseAddress else { return }
    var first = 0
    for launch in waiting {
      native_pool_run(pool, launch.function, parameters + first, launch.items)
      first += launch.slots
    }
    waiting.removeAll(keepingCapacity: true)
    used = 0
  }
}
