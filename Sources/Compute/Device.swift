/// What numbers are crunched on: it allocates, copies, launches kernels, waits, and tells time.
///
/// A device knows no operators, so an operator is written once and runs on every device. It is
/// confined to one owner: not `Sendable`, no locks. Launches are asynchronous and run in order;
/// only `read` and `synchronize` wait.
public protocol Device: AnyObject {
  var description: DeviceDescription { get }
  /// The register tile its kernels were compiled with.
  var tile: Tile { get }
  /// What a tuner found for it; it need not understand the choices, operators ask for them.
  var tuning: Tuning { get set }
  /// Which of an operator's kernels it should run.
  var kernelShape: KernelShape { get }

  /// Memory for `byteCount` bytes, contents undefined, with `Storage.slack` readable bytes after.
  func allocate(byteCount: Int) throws -> Storage
  /// Work begins that is done again and again, with the same requests for memory: those of the first
  /// round are met with the same memory in all others.
  func beginRound()
  func write(_ bytes: UnsafeRawBufferPointer, to storage: Storage, at byteOffset: Int) throws
  /// Waits for all that was launched, then copies.
  func read(_ storage: Storage, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer)
    throws
  /// Parts of scratch memory that a launch of `items` needs, so that no two items that run at once
  /// share one.
  func scratchSlots(items: Int) -> Int
  /// Runs `items` work-items of a kernel; `items` is the kernel's first argument, and the others are
  /// those of the lists, one list after the other.
  func launch(_ kernel: Kernel, items: Int, _ arguments: [KernelArgument]...) throws
  /// Does `work`, which only allocates and launches, and makes it ready to be run again.
  func plan(_ work: @escaping () throws -> Tensor) throws -> any Plan
  /// Whether a plan is being made whose runs do not repeat what is done `once`.
  var isPlanning: Bool { get }
  /// Work on parameters and constants, which the runs of a plan then share.
  func once<Result>(_ work: () throws -> Result) rethrows -> Result
  /// Waits for all that was launched.
  func synchronize() throws
  /// What a tuner found for work like this; empty where operators decide by themselves.
  func settings(for work: WorkBucket) -> [String: Int]
}

extension Device {
  public var kernelShape: KernelShape { .tile }

  public func beginRound() {}

  public func scratchSlots(items: Int) -> Int { items }

  public func plan(_ work: @escaping () throws -> Tensor) throws -> any Plan {
    try RepeatedWork(work)
  }

  public var isPlanning: Bool { false }

  public func once<Result>(_ work: () throws -> Result) rethrows -> Result { try work() }

  public func settings(for work: WorkBucket) -> [String: Int] {
    tuning.choices.isEmpty ? [:] : tuning.choices[work]?.settings ?? [:]
  }

  /// How long the work launched by `body` takes, from an idle device to an idle device.
  public func time(_ body: () throws -> Void) throws -> Duration {
    try synchronize()
    let start = ContinuousClock.now
    try body()
    try synchronize()
    return ContinuousClock.now - start
  }
}

/// Names a device and what it is.
public struct DeviceDescription: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable { case cpu, gpu, other }

  /// What `--device` takes: `cpu`, `opencl:0`.
  public var identifier: String
  /// The hardware, and through what it is driven.
  public var name: String
  public var kind: Kind
  public var driver: String
  public var computeUnits: Int
  public var memoryBytes: Int

  public init(
    identifier: String, name: String, kind: Kind, driver: String, computeUnits: Int,
    memoryBytes: Int
  ) {
    self.identifier = identifier
    self.name = name
    self.kind = kind
    self.driver = driver
    self.computeUnits = computeUnits
    self.memoryBytes = memoryBytes
  }
}

/// How kernels that use their data many times share them out.
public enum KernelShape: String, Sendable, CaseIterable {
  /// A work-item computes a register tile by itself: for CPUs.
  case tile
  /// A work-group stages tiles through local memory: for GPUs.
  case group
}

/// The shape in which a device's kernels hold numbers in registers, and how much a work-item does.
public struct Tile: Sendable, Hashable {
  /// Lanes of a vector: 4, 8 or 16.
  public var lanes: Int
  /// Rows of a matrix product's register tile.
  public var rows: Int
  /// Vectors in each row of that tile, at most 3.
  public var columns: Int
  /// Elements a work-item of a streaming kernel should handle: many on a CPU, one vector on a GPU.
  public var elementsPerItem: Int

  public init(lanes: Int, rows: Int, columns: Int, elementsPerItem: Int) {
    self.lanes = lanes
    self.rows = rows
    self.columns = columns
    self.elementsPerItem = elementsPerItem
  }

  /// Vectors that a processor of such a tile has registers for, the tile's own among them (`REGISTERS`
  /// of kernels/prelude.h).
  public var registers: Int { rows * columns >= 16 ? 32 : 16 }

  /// Vectors that hold `count` elements.
  public func vectors(_ count: Int) -> Int { count.dividedRoundingUp(by: lanes) }
}

extension Int {
  public func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}

/// The environment failed: memory, driver, compiler.
///
/// One line: what, where, what to do.
public struct DeviceError: Error, CustomStringConvertible {
  public enum Cause: Sendable {
    /// Memory was refused: nothing has been done, and less work at once may fit.
    case shortOfMemory
    /// The device went away or was reset, with all that it held; opened again it may work.
    case lost
    case other
  }

  public let description: String
  public let cause: Cause

  public init(_ description: String, cause: Cause = .other) {
    self.description = description
    self.cause = cause
  }
}
