import COpenCL
import Compute

/// Bytes on their way to the device: copied from the caller, who may go on at once while the
/// launches before them still run.
final class StagedWrites {
  /// Bytes that may wait; a larger write waits for its turn instead of being copied.
  private static let limit = 32 << 20

  private let queue: OpenCLQueue
  private var pending: [(copy: UnsafeMutableRawBufferPointer, event: cl_event)] = []
  private var pendingBytes = 0

  init(_ queue: OpenCLQueue) { self.queue = queue }

  /// The copies must outlive the commands that read them.
  deinit { while !pending.isEmpty { releaseOldest() } }

  func write(_ bytes: UnsafeRawBufferPointer, to buffer: cl_mem, at offset: Int) throws {
    releaseArrived()
    guard bytes.count <= StagedWrites.limit else {
      return try OpenCLStatus.check(
        queue.calls.made {
          queue.cl.pointee.clEnqueueWriteBuffer(
            queue.handle, buffer, cl_bool(CL_TRUE), offset, bytes.count, bytes.baseAddress, 0, nil,
            nil)
        },
        "clEnqueueWriteBuffer", "\(queue.name): writing \(bytes.count) bytes")
    }
    while pendingBytes + bytes.count > StagedWrites.limit { releaseOldest() }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    copy.copyMemory(from: bytes)
    var event: cl_event?
    let status = queue.cl.pointee.clEnqueueWriteBuffer(
      queue.handle, buffer, cl_bool(CL_FALSE), offset, bytes.count, copy.baseAddress, 0, nil,
      &event)
    guard status == CL_SUCCESS, let event else {
      copy.deallocate()
      throw OpenCLStatus.error(
        status, "clEnqueueWriteBuffer", "\(queue.name): writing \(bytes.count) bytes")
    }
    pending.append((copy, event))
    pendingBytes += bytes.count
    try queue.flush()
  }

  /// Lets go of the copies that have been read; they are read in order.
  func releaseArrived() {
    while let first = pending.first, hasEnded(first.event) { releaseOldest() }
  }

  private func hasEnded(_ event: cl_event) -> Bool {
    var state: cl_int = 0
    let status = queue.cl.pointee.clGetEventInfo(
      event, cl_uint(CL_EVENT_COMMAND_EXECUTION_STATUS), MemoryLayout<cl_int>.size, &state, nil)
    // A negative state is a command that failed, which is over too.
    return status == CL_SUCCESS && state <= CL_COMPLETE
  }

  private func releaseOldest() {
    let (copy, event) = pending.removeFirst()
    var handle: cl_event? = event
    _ = queue.calls.made { queue.cl.pointee.clWaitForEvents(1, &handle) }
    _ = queue.cl.pointee.clReleaseEvent(event)
    pendingBytes -= copy.count
    copy.deallocate()
  }
}
