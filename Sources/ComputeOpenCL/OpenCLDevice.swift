import COpenCL
import Compute

/// A processor or graphics card driven through OpenCL.
///
/// Everything runs in order on one queue, so a buffer let go of can be reused while kernels that
/// read it are still to run.
public final class OpenCLDevice: Device {
  /// Launches after which the driver is told to start, so that it works while more are prepared.
  private static let launchesPerFlush = 16

  public let description: DeviceDescription
  public let tile: Tile
  public var tuning = Tuning()
  public let kernelShape: KernelShape
  /// Programs compiled from source since the device was opened.
  public var builtPrograms: Int { programs.built }
  /// Programs taken from the cache since then.
  public var cachedPrograms: Int { programs.cached }

  // The others hold the queue, so it is released last.
  private let queue: OpenCLQueue
  private let memory: OpenCLMemory
  private let writes: StagedWrites
  private let programs: OpenCLPrograms
  private var launchesSinceFlush = 0
  private let plans = PlanRecorder<OpenCLLaunch>()

  /// Opens a device that `OpenCLPlatforms.discover` found, its compiled programs kept where the
  /// user's caches are, unless its driver keeps them.
  public convenience init(_ info: OpenCLDeviceInfo) throws {
    try self.init(info, cacheFolder: info.keepsPrograms ? nil : ProgramCache.userFolder)
  }

  /// Opens a device that `OpenCLPlatforms.discover` found.
  ///
  /// - Parameters:
  ///   - info: the device.
  ///   - cacheFolder: where compiled programs are kept; nil compiles them at every start.
  public init(_ info: OpenCLDeviceInfo, cacheFolder: String?) throws {
    description = info.description
    tile = info.tile
    kernelShape = info.kernelShape
    queue = try OpenCLQueue(info)
    memory = OpenCLMemory(queue)
    writes = StagedWrites(queue)
    programs = OpenCLPrograms(queue, cacheFolder: cacheFolder)
  }

  deinit { try? queue.finish() }

  public func allocate(byteCount: Int) throws -> Storage {
    try OpenCLStorage(device: self, byteCount: byteCount, from: plans.memory ?? memory)
  }

  public func write(_ bytes: UnsafeRawBufferPointer, to storage: Storage, at byteOffset: Int)
    throws
  {
    precondition(byteOffset >= 0 && byteOffset + bytes.count <= storage.byteCount, "write outside")
    precondition(!isPlanning, "a plan cannot repeat what the host writes")
    guard !bytes.isEmpty else { return }
    try writes.write(bytes, to: buffer(of: storage), at: byteOffset)
  }

  public func read(
    _ storage: Storage, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer
  ) throws {
    precondition(byteOffset >= 0 && byteOffset + bytes.count <= storage.byteCount, "read outside")
    guard !bytes.isEmpty else { return }
    try OpenCLStatus.check(
      queue.calls.made {
        queue.cl.pointee.clEnqueueReadBuffer(
          queue.handle, buffer(of: storage), cl_bool(CL_TRUE), byteOffset, bytes.count,
          bytes.baseAddress, 0, nil, nil)
      },
      "clEnqueueReadBuffer", "\(queue.name): reading \(bytes.count) bytes")
    writes.releaseArrived()
    launchesSinceFlush = 0
  }

  public func synchronize() throws {
    try queue.finish()
    writes.releaseArrived()
    launchesSinceFlush = 0
  }

  public func launch(_ kernel: Kernel, items: Int, _ arguments: [KernelArgument]...) throws {
    guard items > 0 else { return }
    // In a plan its parameters stay set.
    let function = try isPlanning ? programs.newFunction(kernel) : programs.function(kernel)
    // Kernels leave at once where the item lies past `items`, or its elements past their count.
    let launch = OpenCLLaunch(
      function: function,
      global: items.dividedRoundingUp(by: function.groupSize) * function.groupSize,
      kernel: kernel)
    plans.append(launch, arguments)
    try setArguments(of: kernel, function, items: items, arguments)
    try run(launch)
  }

  /// Hands a launch to the driver.
  private func run(_ launch: OpenCLLaunch) throws {
    try launch.run(on: queue)
    launchesSinceFlush += 1
    guard launchesSinceFlush >= OpenCLDevice.launchesPerFlush else { return }
    try queue.flush()
    launchesSinceFlush = 0
  }

  public func plan(_ work: @escaping () throws -> Tensor) throws -> any Plan {
    try plans.record(work, memory: PlannedMemory(from: memory)) { try self.run($0) }
  }

  public var isPlanning: Bool { plans.isRecording }

  public func once<Result>(_ work: () throws -> Result) rethrows -> Result {
    try plans.once(work)
  }

  private func setArguments(
    of kernel: Kernel, _ function: OpenCLFunction, items: Int, _ arguments: [[KernelArgument]]
  ) throws {
    var index: cl_uint = 0
    func set(_ size: Int, _ value: UnsafeRawPointer?) throws {
      try OpenCLStatus.check(
        queue.cl.pointee.clSetKernelArg(function.handle, index, size, value), "clSetKernelArg",
        "\(queue.name): parameter \(index) of kernel \(kernel.function) of \(kernel.file).cl")
      index += 1
    }
    func set<Value: BitwiseCopyable>(_ value: Value) throws {
      try withUnsafePointer(to: value) { try set(MemoryLayout<Value>.size, $0) }
    }
    try set(cl_int(items))
    for argument in arguments.joined() {
      switch argument {
      case .storage(let storage, let offset):
        try set(buffer(of: storage))
        try set(cl_long(offset))
      case .none:
        try set(MemoryLayout<cl_mem?>.size, nil)
        try set(cl_long(0))
      case .int(let value): try set(cl_int(value))
      case .long(let value): try set(cl_long(value))
      case .float(let value): try set(value)
      }
    }
    precondition(
      Int(index) == function.parameters,
      "\(kernel.function) takes \(function.parameters) parameters, not \(index)")
  }

  private func buffer(of storage: Storage) -> cl_mem {
    guard let storage = storage as? OpenCLStorage, storage.owner === self else {
      preconditionFailure(
        "storage of \(storage.device.description.name) used on \(description.name)")
    }
    return storage.buffer
  }
}
