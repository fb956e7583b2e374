import COpenCL
import Compute

/// A device's buffers, kept for reuse when they are let go of.
///
/// One may be handed on while kernels that use it are in flight: the queue is in order, so its next
/// user runs after them.
final class OpenCLMemory: BufferSource {
  private let queue: OpenCLQueue
  private var pool = BufferPool()

  init(_ queue: OpenCLQueue) { self.queue = queue }

  deinit { drain() }

  func take(byteCount: Int) throws -> Block {
    let capacity = BufferPool.capacity(for: byteCount)
    if let kept = pool.take(capacity: capacity) { return kept }
    return pool.newBlock(
      UnsafeMutableRawPointer(try newBuffer(capacity, used: byteCount)), capacity: capacity)
  }

  func recycle(_ block: Block) { pool.put(block) }

  func beginRound() { pool.beginRound() }

  private func drain() {
    for buffer in pool.drain() { _ = queue.cl.pointee.clReleaseMemObject(cl_mem(buffer)) }
  }

  private func newBuffer(_ capacity: Int, used: Int) throws -> cl_mem {
    let largest = queue.info.largestAllocation
    guard capacity <= largest else {
      throw DeviceError(
        "\(queue.name): \(capacity >> 20) MiB in one piece is more than the \(largest >> 20) MiB "
          + "it gives; use a smaller batch or space", cause: .shortOfMemory)
    }
    var buffer: cl_mem?
    var status = create(&buffer, capacity, used: used)
    if OpenCLStatus.isShortOfMemory(status) {
      // What the pool keeps is of other sizes: give it back, and ask once more.
      try queue.finish()
      drain()
      try queue.finish()
      status = create(&buffer, capacity, used: used)
    }
    guard let buffer, status == CL_SUCCESS else {
      throw OpenCLStatus.error(
        status, "clCreateBuffer", "\(queue.name): allocating \(capacity >> 20) MiB",
        isAllocation: true)
    }
    return buffer
  }

  /// A new buffer with zeros after the bytes used.
  ///
  /// They are read into lanes that are never stored, and must not be NaNs or denormals. Zeroing is
  /// also the buffer's first use, when drivers that allocate late find out whether they can.
  private func create(_ buffer: inout cl_mem?, _ capacity: Int, used: Int) -> cl_int {
    let cl = queue.cl
    var status: cl_int = 0
    buffer = cl.pointee.clCreateBuffer(
      queue.context, cl_mem_flags(CL_MEM_READ_WRITE), capacity, nil, &status)
    guard status == CL_SUCCESS, let created = buffer else { return status }
    var zero: cl_uint = 0
    let word = MemoryLayout<cl_uint>.size
    let start = used / word * word
    status = cl.pointee.clEnqueueFillBuffer(
      queue.handle, created, &zero, word, start, capacity - start, 0, nil, nil)
    if status != CL_SUCCESS {
      _ = cl.pointee.clReleaseMemObject(created)
      buffer = nil
    }
    return status
  }
}

final class OpenCLStorage: Storage {
  let buffer: cl_mem
  let owner: OpenCLDevice
  private let block: Block

  init(device: OpenCLDevice, byteCount: Int, from source: any BufferSource) throws {
    block = try source.take(byteCount: byteCount)
    buffer = cl_mem(block.buffer)
    owner = device
    super.init(device: device, byteCount: byteCount, from: source)
  }

  deinit { source?.recycle(block) }
}
