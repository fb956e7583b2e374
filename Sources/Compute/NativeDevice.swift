import NativeKernels

/// The processor itself, through kernels compiled into the binary: needs no driver.
public final class NativeDevice: Device, BufferSource {
  public let description: DeviceDescription
  public let tile: Tile
  public var tuning = Tuning()
  public let threads: Int
  private let instructionSet: Int32
  private let pool: OpaquePointer
  private let queue: NativeQueue
  private var kernels: [Kernel: native_kernel] = [:]
  private var memory = BufferPool()
  private let plans = PlanRecorder<NativeLaunch>()

  /// The instruction sets this processor has, best first.
  public static var instructionSets: [String] {
    (0..<native_instruction_set_count()).map { String(cString: native_instruction_set_at($0).name) }
  }

  /// Processors this process may use.
  public static var processors: Int { Int(native_processor_count()) }

  /// - Parameters:
  ///   - threads: all processors this process may use, unless given.
  ///   - instructionSet: one of `instructionSets`; the best, unless given.
  ///   - memoryLimit: bytes it may hold; the machine's memory, unless given.
  ///   - identifier: what names it among other devices.
  public init(
    threads: Int? = nil, instructionSet: String? = nil, memoryLimit: Int = Host.memoryBytes,
    identifier: String = "cpu"
  ) throws {
    let available = NativeDevice.instructionSets
    let index = instructionSet.map { available.firstIndex(of: $0) } ?? 0
    guard let index else {
      throw DeviceError(
        "instruction set \(instructionSet ?? ""): not on this processor, which has "
          + available.joined(separator: ", "))
    }
    self.threads = threads ?? NativeDevice.processors
    guard (1...1024).contains(self.threads),
      let pool = native_pool_create(Int32(self.threads))
    else {
      throw DeviceError(
        "threads \(self.threads): give a number from 1 to 1024 that the system allows")
    }
    self.pool = pool
    queue = NativeQueue(pool: pool)
    self.memoryLimit = memoryLimit
    self.instructionSet = Int32(index)
    let set = native_instruction_set_at(Int32(index))
    tile = Tile(
      lanes: Int(set.lanes), rows: Int(set.rows), columns: Int(set.columns),
      elementsPerItem: 8192)
    let plural = self.threads == 1 ? "thread" : "threads"
    description = DeviceDescription(
      identifier: identifier,
      name: "\(Host.processorName) (native \(available[index]), \(self.threads) \(plural))",
      kind: .cpu, driver: "native", computeUnits: self.threads,
      memoryBytes: memoryLimit)
  }

  deinit {
    queue.run()
    native_pool_destroy(pool)
    releaseKept()
  }

  public func allocate(byteCount: Int) throws -> Storage {
    try NativeStorage(device: self, byteCount: byteCount, from: plans.memory ?? self)
  }

  public func take(byteCount: Int) throws -> Block {
    let capacity = BufferPool.capacity(for: byteCount)
    guard let kept = memory.take(capacity: capacity) else {
      return memory.newBlock(try newBuffer(capacity), capacity: capacity)
    }
    native_allow(kept.buffer, kept.capacity)
    return kept
  }

  public func beginRound() { memory.beginRound() }

  /// Buffers taken from the system since the device was opened; others were used before.
  public private(set) var systemAllocations = 0

  /// Bytes it holds, in use and kept.
  public private(set) var heldBytes = 0
  private let memoryLimit: Int

  private func newBuffer(_ capacity: Int) throws -> UnsafeMutableRawPointer {
    func allocate() -> UnsafeMutableRawPointer? {
      capacity <= memoryLimit - heldBytes ? HugePages.allocate(byteCount: capacity) : nil
    }
    var buffer = allocate()
    if buffer == nil {
      // What is kept is of other sizes.
      releaseKept()
      buffer = allocate()
    }
    guard let buffer else {
      throw DeviceError(
        "memory: no \(capacity >> 10) KiB left beside \(heldBytes >> 20) MiB in use, of "
          + "\(memoryLimit >> 20) MiB at most; use a smaller batch or space", cause: .shortOfMemory)
    }
    systemAllocations += 1
    heldBytes += capacity
    return buffer
  }

  private func releaseKept() {
    queue.run()
    heldBytes -= memory.keptBytes
    for buffer in memory.drain() { HugePages.deallocate(buffer) }
  }

  public func recycle(_ block: Block) {
    // Many subnets of many sizes must not fill the machine with memory that none of them uses.
    if memory.keptBytes + block.capacity > memoryLimit / 4 { releaseKept() }
    memory.put(block)
    native_forbid(block.buffer, block.capacity)
  }

  public func write(_ bytes: UnsafeRawBufferPointer, to storage: Storage, at byteOffset: Int) {
    precondition(byteOffset >= 0 && byteOffset + bytes.count <= storage.byteCount, "write outside")
    precondition(!isPlanning, "a plan cannot repeat what the host writes")
    guard let source = bytes.baseAddress else { return }
    queue.run()
    (pointer(of: storage) + byteOffset).copyMemory(from: source, byteCount: bytes.count)
  }

  public func read(
    _ storage: Storage, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer
  ) {
    precondition(byteOffset >= 0 && byteOffset + bytes.count <= storage.byteCount, "read outside")
    queue.run()
    bytes.baseAddress?.copyMemory(
      from: pointer(of: storage) + byteOffset, byteCount: bytes.count)
  }

  public func synchronize() { queue.run() }

  /// One for each thread: any of them may run any of several items; a single one is the caller's.
  public func scratchSlots(items: Int) -> Int { items < 2 ? 1 : threads }

  public func launch(_ kernel: Kernel, items: Int, _ arguments: [KernelArgument]...) throws {
    guard items > 0 else { return }
    let function = compiled(kernel)
    let most = arguments.reduce(1) { $0 + 2 * $1.count }
    let slots = queue.room(for: most)
    let count = fill(slots, items, arguments)
    if isPlanning {
      plans.append(
        NativeLaunch(function: function, items: Int32(items), slots: Array(slots[..<count])),
        arguments)
    }
    queue.append(function, items: Int32(items), slots: count)
  }

  /// Puts a kernel's parameters into slots of eight bytes, `items` first; how many they are.
  private func fill(
    _ slots: UnsafeMutableBufferPointer<UInt64>, _ items: Int, _ arguments: [[KernelArgument]]
  ) -> Int {
    var count = 0
    func add(_ slot: UInt64) {
      slots.initializeElement(at: count, to: slot)
      count += 1
    }
    add(UInt64(UInt32(bitPattern: Int32(items))))
    for list in arguments {
      for argument in list {
        switch argument {
        case .storage(let storage, let offset):
          add(UInt64(UInt(bitPattern: pointer(of: storage))))
          add(UInt64(bitPattern: Int64(offset)))
        case .none:
          add(0)
          add(0)
        case .int(let value): add(UInt64(UInt32(bitPattern: Int32(value))))
        case .long(let value): add(UInt64(bitPattern: Int64(value)))
        case .float(let value): add(UInt64(value.bitPattern))
        }
      }
    }
    return count
  }

  public func plan(_ work: @escaping () throws -> Tensor) throws -> any Plan {
    try plans.record(work, memory: PlannedMemory(from: self)) {
      self.queue.run()
      $0.run(on: self.pool)
    }
  }

  public var isPlanning: Bool { plans.isRecording }

  public func once<Result>(_ work: () throws -> Result) rethrows -> Result {
    try plans.once(work)
  }

  private func compiled(_ kernel: Kernel) -> native_kernel {
    if let function = kernels[kernel] { return function }
    let name = kernel.element == .half ? kernel.function + "_halves" : kernel.function
    guard let function = native_kernel_named(instructionSet, name) else {
      preconditionFailure("no kernel \(name) in \(kernel.file).cl")
    }
    kernels[kernel] = function
    return function
  }

  private func pointer(of storage: Storage) -> UnsafeMutableRawPointer {
    guard let storage = storage as? NativeStorage, storage.owner === self else {
      preconditionFailure("storage of \(storage.device.description.name) used on the native device")
    }
    return storage.pointer
  }
}

final class NativeStorage: Storage {
  var pointer: UnsafeMutableRawPointer { block.buffer }
  private let block: Block
  let owner: NativeDevice

  init(device: NativeDevice, byteCount: Int, from source: any BufferSource) throws {
    block = try source.take(byteCount: byteCount)
    owner = device
    super.init(device: device, byteCount: byteCount, from: source)
    // A plan's memory is cut anew without its knowledge when the plan is run.
    guard source === device else { return }
    let used = byteCount + Storage.slack
    native_forbid(pointer + used, block.capacity - used)
  }

  deinit { source?.recycle(block) }
}
